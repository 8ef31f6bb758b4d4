//! The README's table of providers is made from the capability tables.

use std::path::Path;

use seatwright::model::{KindSpec, Read, Way};
use seatwright::provider::registry::PROVIDERS;

const BEGIN: &str = "<!-- providers: made from the capability tables -->\n";
const END: &str = "<!-- end of providers -->\n";

fn way(way: Way) -> &'static str {
    match way {
        Way::Api | Way::ApiAfterCreate => "API",
        Way::Manual => "by hand",
        Way::Never => "-",
    }
}

fn read(read: Read) -> &'static str {
    match read {
        Read::Yes => "API",
        Read::Sometimes => "API, in part",
        Read::No => "ledger",
    }
}

fn row(provider: &str, kind: &KindSpec) -> String {
    let counted = |wanted: &dyn Fn(Way) -> bool| {
        kind.fields
            .iter()
            .filter(|field| wanted(field.update))
            .count()
    };
    format!(
        "| {provider} | {} | {} | {} | {} | {} | {} |\n",
        kind.plural,
        read(kind.read),
        way(kind.create),
        way(kind.delete),
        counted(&|way| matches!(way, Way::Api | Way::ApiAfterCreate)),
        counted(&|way| way == Way::Manual),
    )
}

fn table() -> String {
    let mut text = String::from(
        "| provider | what | listed | created | deleted | fields changed by the API | fields changed by hand |\n\
         |---|---|---|---|---|---:|---:|\n",
    );
    for provider in PROVIDERS {
        for kind in provider.spec.kinds {
            text.push_str(&row(provider.spec.title, kind));
        }
    }
    text
}

#[test]
fn the_table_of_providers_in_the_readme_is_that_of_the_capability_tables() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let begin = readme.find(BEGIN).unwrap() + BEGIN.len();
    let end = readme.find(END).unwrap();
    if std::env::var_os("SEATWRIGHT_BLESS").is_some() {
        let blessed = format!("{}{}{}", &readme[..begin], table(), &readme[end..]);
        std::fs::write(&path, blessed).unwrap();
        return;
    }
    assert_eq!(
        &readme[begin..end],
        table(),
        "run the tests once with SEATWRIGHT_BLESS=1"
    );
}
