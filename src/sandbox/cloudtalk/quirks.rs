//! What the vendor's documentation leaves open, or live clients report and the documentation denies.

use serde::{Deserialize, Serialize};

/// Switches for behaviour that differs between reports, or that nobody has documented.
///
/// The defaults are what the official specification (1.7) shows, or the framework behind the service does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// Rows on a page when no `limit` is sent: 20 by the framework, 30 by the specification's sample.
    pub default_limit: usize,
    /// Create answers carry the id as a number (seen live for contacts) and not as text (specification).
    pub integer_create_ids: bool,
    /// Adding a member again is refused with 406; by default it is 200. Undocumented.
    pub refuse_known_member: bool,
    /// A page past the last is an empty list; by default it is 404, as the framework does.
    pub empty_page_past_end: bool,
    /// The rate headers go with every answer; the documentation promises them on 429 only.
    pub rate_headers_always: bool,
    /// `daily_price_limit` is in a user's row when one is set; the specification's schema has it, its sample has not.
    pub show_daily_price_limit: bool,
    /// The group list holds a row with id 0 and one with a null name, as one live client reports.
    pub ghost_groups: bool,
    /// Every object of an answer has a key that nobody documents.
    pub extra_keys: bool,
    /// Lists inside rows are null.
    pub null_lists: bool,
    /// Flags in rows are `"0"` and `"1"`.
    pub text_flags: bool,
    /// `source_id` is in a number's row, as the specification has it; live clients do not see it.
    pub show_source_id: bool,
    /// A number's E.164 form is a number, as in the specification's samples; live clients see text with `+`.
    pub integer_numbers: bool,
    /// A number keeps its route to a user who was deleted; by default it becomes free. Undocumented.
    pub dangling_routes: bool,
    /// An edit sets optional fields that it leaves out back to their defaults; by default it keeps them. Undocumented.
    pub edit_resets: bool,
    /// Users who are switched off are left out of the list. Undocumented.
    pub hide_inactive: bool,
}

impl Default for Quirks {
    fn default() -> Self {
        Quirks {
            default_limit: 20,
            integer_create_ids: false,
            refuse_known_member: false,
            empty_page_past_end: false,
            rate_headers_always: false,
            show_daily_price_limit: true,
            ghost_groups: false,
            extra_keys: false,
            null_lists: false,
            text_flags: false,
            show_source_id: false,
            integer_numbers: false,
            dangling_routes: false,
            edit_resets: false,
            hide_inactive: false,
        }
    }
}
