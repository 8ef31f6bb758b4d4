//! Seats used, before and after, against seats bought: bars with the same in words.

use std::fmt::Write as _;

use crate::plan::Seats;
use crate::render::{escape, wording};

/// The length of the longest bar, in the picture's units.
const LENGTH: u64 = 420;

/// Writes the seats as text and as a picture.
pub(super) fn seats(out: &mut String, seats: &Seats) {
    let told = escape::html(&wording::seats(seats));
    let short = seats.purchased.is_some_and(|bought| seats.after > bought);
    let class = if short { " class=\"short\"" } else { "" };
    // Writing into a `String` cannot fail.
    let _ = write!(
        out,
        "<section aria-labelledby=\"seats-title\">\n<h2 id=\"seats-title\">Seats</h2>\n<p{class}>{told}</p>\n"
    );
    if let Some(cost) = wording::cost(seats) {
        let _ = writeln!(out, "<p>{}</p>", escape::html(&cost));
    }
    let most = [seats.purchased.unwrap_or(0), seats.used, seats.after, 1]
        .into_iter()
        .max()
        .unwrap_or(1);
    let long = |number: u32| u64::from(number) * LENGTH / u64::from(most);
    let bought = seats.purchased.map_or_else(String::new, |bought| {
        let x = 60 + long(bought);
        format!("<line class=\"bought\" x1=\"{x}\" y1=\"2\" x2=\"{x}\" y2=\"58\"/>")
    });
    let legend = match seats.purchased {
        Some(bought) => format!("<text x=\"60\" y=\"74\">dashed: {bought} bought</text>"),
        None => String::new(),
    };
    let over = if short { "over" } else { "after" };
    let _ = write!(
        out,
        "<svg class=\"chart\" viewBox=\"0 0 540 80\" role=\"img\" aria-label=\"Seats: {told}\">\
         <text x=\"0\" y=\"20\">now</text><rect class=\"used\" x=\"60\" y=\"6\" width=\"{}\" height=\"20\"/>\
         <text x=\"{}\" y=\"20\">{}</text>\
         <text x=\"0\" y=\"50\">after</text><rect class=\"{over}\" x=\"60\" y=\"36\" width=\"{}\" height=\"20\"/>\
         <text x=\"{}\" y=\"50\">{}</text>{bought}{legend}</svg>\n</section>\n",
        long(seats.used),
        66 + long(seats.used),
        seats.used,
        long(seats.after),
        66 + long(seats.after),
        seats.after,
    );
}
