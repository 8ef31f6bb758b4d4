//! What the vendor's documentation leaves open, and how the brands of the family differ.

use serde::{Deserialize, Serialize};

/// The brand of the family; they share one API and differ in a few names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// Tata Tele Smartflo.
    #[default]
    Smartflo,
    /// Acefone, India.
    AcefoneIn,
    /// Acefone, United Kingdom.
    AcefoneUk,
    /// Servetel.
    Servetel,
}

impl Dialect {
    /// The key of a create that asks for an extension (documented; the others ignore it).
    pub(super) fn extension_key(self) -> &'static str {
        match self {
            Dialect::Smartflo => "assign_extension",
            Dialect::AcefoneIn | Dialect::AcefoneUk | Dialect::Servetel => "create_extension",
        }
    }

    /// Whether a patch knows `disable_agent`.
    pub(super) fn disables_agents(self) -> bool {
        self != Dialect::AcefoneUk
    }
}

/// What the answer to a create holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreateAnswer {
    /// The new ids, as live clients see it.
    #[default]
    Ids,
    /// Success and a message, as the documentation has it.
    NoData,
    /// 200 and nothing at all.
    Empty,
}

/// Switches for behaviour that differs between reports, or that nobody has documented.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// Rows on a page of users when no `limit` is sent; 20 by the documentation's sample.
    pub default_limit: usize,
    /// The largest page of users; undocumented.
    pub largest_limit: usize,
    /// Days until the password that logs in expires.
    pub number_of_days_left: i64,
    /// What the answer to a create holds.
    pub create_answer: CreateAnswer,
    /// `success` is text in every answer to a write, as it is documented for too many requests.
    pub text_success: bool,
    /// A refusal (400) says `success: true`, as the documentation's wording has it.
    pub refusal_with_success: bool,
    /// A list in a patch is added to the one before; by default it replaces it. Undocumented.
    pub patch_appends: bool,
    /// A deleted user's agent stays in its departments. Undocumented.
    pub dangling_members: bool,
    /// Agents are busy or offline now and then.
    pub runtime_noise: bool,
    /// Every object of a list has a key that nobody documents.
    pub extra_keys: bool,
}

impl Default for Quirks {
    fn default() -> Self {
        Quirks {
            default_limit: 20,
            largest_limit: 100,
            number_of_days_left: 30,
            create_answer: CreateAnswer::Ids,
            text_success: false,
            refusal_with_success: false,
            patch_appends: false,
            dangling_members: false,
            runtime_noise: true,
            extra_keys: false,
        }
    }
}
