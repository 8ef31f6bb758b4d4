//! What a plan looks like in a terminal, at three sizes and three widths.

use super::human::{Options, plan};
use super::sample::{self, SPEC};
use super::{Purpose, Style};
use crate::plan::Plan;

fn shown(plan_: &Plan, width: usize, color: bool, verbose: bool) -> String {
    let style = Style {
        color,
        width,
        unicode: true,
    };
    plan(
        plan_,
        &SPEC,
        Options {
            style,
            verbose,
            purpose: Purpose::Plan,
        },
    )
}

#[test]
fn a_small_plan_is_grouped_by_person_in_any_width() {
    for width in [60, 100, 160] {
        insta::assert_snapshot!(
            format!("small_{width}"),
            shown(&sample::small(), width, false, false)
        );
    }
}

#[test]
fn a_small_plan_in_colour_has_the_same_words() {
    let colored = shown(&sample::small(), 100, true, false);
    let bare = anstream::adapter::strip_str(&colored).to_string();
    assert_eq!(bare, shown(&sample::small(), 100, false, false));
    insta::assert_snapshot!("small_color", colored.replace('\u{1b}', "␛"));
}

#[test]
fn without_unicode_every_character_of_ours_is_ascii() {
    let style = Style {
        color: false,
        width: 60,
        unicode: false,
    };
    for made in [sample::small(), sample::large(50), sample::large(500)] {
        let text = plan(
            &made,
            &SPEC,
            Options {
                style,
                verbose: false,
                purpose: Purpose::Plan,
            },
        );
        assert!(text.is_ascii(), "{text}");
    }
}

#[test]
fn fifty_people_are_folded_by_what_happens_to_them() {
    insta::assert_snapshot!("folded_50", shown(&sample::large(50), 100, false, false));
}

#[test]
fn five_hundred_people_fit_on_a_few_screens() {
    let text = shown(&sample::large(500), 100, false, false);
    assert!(text.lines().count() < 120, "{}", text.lines().count());
    insta::assert_snapshot!("folded_500", text);
}

#[test]
fn verbose_tells_every_person() {
    let text = shown(&sample::large(500), 100, false, true);
    for number in 0..500 {
        assert!(text.contains(&sample::email(number)), "{number}");
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [60, 100, 160] {
        for made in [sample::small(), sample::large(50), sample::refused()] {
            for line in shown(&made, width, false, false).lines() {
                assert!(super::escape::width(line) <= width, "{width}: {line}");
            }
        }
    }
}

#[test]
fn a_refused_plan_says_so_above_and_below_the_counts() {
    let text = shown(&sample::refused(), 100, false, false);
    let end = text.find("\nwarning").unwrap_or(0);
    insta::assert_snapshot!(text[end..].trim(), @r##"
        warning: 3 users are in the account and in no manifest: `old@acme.example` and 2 more
                 (unmanaged-objects)

        refused: 2 users would be deleted, 1 is allowed (too-many-deletions)
           hint: pass `--allow deletions=2` after a look at the list
        refused: 13 seats are needed, 12 are bought (seats)
           hint: buy 1 seat, or take 1 user out

        plan: 1 to create, 2 to update, 1 to replace, 1 to delete, 3 memberships to add, 1 membership to
              remove, 2 manual steps, 1 blocked, 3 unmanaged objects
        seats: 10 of 12 used, 13 after: 1 short
        16 requests: 3 read, 10 write, 3 verify; about 18 s at the account's rate
        this plan is refused: nothing of it can be applied
        "##);
}

#[test]
fn an_empty_plan_says_that_there_is_nothing_to_do() {
    insta::assert_snapshot!(shown(&sample::plan(Vec::new()), 100, false, false), @r##"
        acme-eu (ToyPhone), as of 2026-11-21

        nothing to do: all that can be compared is as declared
        "##);
}

#[test]
fn drift_has_its_own_words() {
    let options = Options {
        style: Style::PLAIN,
        verbose: false,
        purpose: Purpose::Drift,
    };
    let text = plan(&sample::small(), &SPEC, options);
    assert!(text.starts_with("drift of acme-eu (ToyPhone), as of 2026-11-21\n"));
    assert!(!text.contains("requests:"), "{text}");
    let none = plan(&sample::plan(Vec::new()), &SPEC, options);
    assert!(none.contains("no drift"), "{none}");
}
