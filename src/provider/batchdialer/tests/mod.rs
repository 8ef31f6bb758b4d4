//! The connection, against the simulator.

use std::collections::{BTreeMap, BTreeSet};

use super::capability::BATCHDIALER;
use super::connect::{API_KEY, KEY_IS_NAMED, Settings, build, connect, open};
use crate::model::{Hint, Rate, ResourceId, Scope, Secret, Seen};
use crate::provider::registry::OpenOptions;
use crate::provider::{Observe, ProviderError};
use crate::sandbox::Sandbox;
use crate::sandbox::batchdialer::{Account, BatchDialer, Options};

const RATE: Rate = Rate {
    requests: 6000,
    per_seconds: 60,
    reserve_percent: 0,
};

fn settings(url: Option<String>, key: Option<&str>) -> Settings {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Settings {
        api_url: url,
        api_key: key.map(|key| Secret::new(key.to_owned())),
        rate: RATE,
        timeout: None,
        ca_file: None,
        observer: None,
        trace: None,
        call_log: None,
    }
}

async fn sandbox(change: impl FnOnce(&mut Account)) -> Sandbox<BatchDialer> {
    let mut seed = Account::demo();
    change(&mut seed);
    let options = Options {
        seed,
        key: Some("k3y".to_owned()),
        ..Options::default()
    };
    Sandbox::start(options).await.unwrap()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn without_a_key_nothing_is_sent_and_a_plan_needs_no_more() {
    let mut connection = connect(settings(None, None)).unwrap();
    let live = connection.observe(&Scope::default()).await.unwrap();
    assert_eq!((live.requests, live.kinds.len()), (0, 0));
    assert!(live.hints.is_empty() && connection.notices().is_empty());
    assert_eq!(connection.requests().total(), 0);
}

#[tokio::test]
async fn with_a_key_campaigns_and_call_records_are_looked_at_once_and_nothing_is_taken_away() {
    for as_text in [false, true] {
        let sandbox = sandbox(|seed| seed.quirks.agentslist_as_text = as_text).await;
        let mut connection = build(settings(Some(sandbox.url()), Some("k3y"))).unwrap();
        let live = connection.observe(&Scope::default()).await.unwrap();
        let campaigns = BTreeMap::from([
            ("Autumn".to_owned(), names(&["Alan Turing"])),
            ("Spring".to_owned(), names(&["Ada Lovelace"])),
        ]);
        let hint = |source, seen| Hint {
            kind: "user".into(),
            source,
            seen,
        };
        assert_eq!(
            live.hints,
            [
                hint("campaign search", Seen::With("campaigns".into(), campaigns)),
                hint(
                    "a call record",
                    Seen::Some(names(&["Ada Lovelace", "Alan Turing"]))
                ),
            ]
        );
        // One search, one page of records, and the empty page that its cursor led to.
        assert_eq!(live.requests, 3);
        let again = connection.observe(&Scope::default()).await.unwrap();
        assert_eq!((again.requests, again.hints.len()), (0, 2));
        let control = sandbox.control();
        assert_eq!(control.counters().writes, 0);
        assert!(control.account().watermarks.is_empty());
        sandbox.stop().await;
    }
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_other_trouble_is_only_told() {
    let sandbox = sandbox(|_| {}).await;
    let mut wrong = build(settings(Some(sandbox.url()), Some("other"))).unwrap();
    let error = wrong.observe(&Scope::default()).await.unwrap_err();
    assert!(matches!(error, ProviderError::Unauthorized(_)), "{error}");
    assert!(error.to_string().contains("Wrong API key"), "{error}");

    let nowhere = format!("{}/nowhere", sandbox.url());
    let mut lost = build(settings(Some(nowhere), Some("k3y"))).unwrap();
    let live = lost.observe(&Scope::default()).await.unwrap();
    assert!(live.hints.is_empty());
    let notices = lost.notices();
    assert_eq!(notices.len(), 2, "{notices:?}");
    assert!(notices[0].contains("404"), "{notices:?}");
    sandbox.stop().await;
}

#[tokio::test]
async fn nothing_can_be_looked_up() {
    let mut connection = build(settings(None, None)).unwrap();
    let id = ResourceId::new("user", "ada@acme.example");
    let error = connection.look_up(&id, None).await.unwrap_err();
    assert!(error.to_string().contains("dashboard"), "{error}");
}

fn options(named: bool, key: Option<&str>) -> OpenOptions {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let key = key.map(|key| (API_KEY.0.to_owned(), Secret::new(key.to_owned())));
    OpenOptions {
        api_url: None,
        credentials: key.into_iter().collect(),
        missing: BTreeMap::new(),
        rate: RATE,
        ca_file: None,
        extras: serde_json::Map::from_iter([(KEY_IS_NAMED.to_owned(), named.into())]),
        observer: None,
        trace: None,
        call_log: None,
    }
}

#[test]
fn a_key_that_the_manifest_names_must_be_there_and_one_that_it_does_not_name_may_be_missing() {
    assert!(open(options(false, None)).is_ok());
    assert!(open(options(true, Some("k3y"))).is_ok());
    for refused in [options(true, None), options(false, Some(" "))] {
        let error = open(refused).err().unwrap();
        assert!(matches!(error, ProviderError::Unauthorized(_)), "{error}");
        assert!(error.to_string().contains("api_key"), "{error}");
    }
}

#[test]
fn settings_show_neither_key_nor_address() {
    let shown = format!(
        "{:?}",
        settings(Some("https://me:s3cret@a.example".to_owned()), Some("k3y"))
    );
    assert!(
        !shown.contains("s3cret") && !shown.contains("k3y"),
        "{shown}"
    );
}

#[test]
fn the_procedures_speak_the_words_of_both_dashboards() {
    let mut text = String::new();
    for kind in BATCHDIALER.kinds {
        let procedures = [
            kind.by_hand_create,
            kind.by_hand_update,
            kind.by_hand_delete,
        ];
        let pages = kind.fields.iter().filter_map(|field| field.page);
        let pages = pages.flat_map(|page| {
            let on = crate::model::Value::Bool(true);
            [
                *(page.procedure)(None, Some(&on)),
                *(page.procedure)(None, None),
            ]
        });
        for procedure in procedures.into_iter().chain(pages) {
            text.push_str(&procedure.path.join(" "));
            text.push_str(&procedure.lines.join(" "));
        }
        for field in kind.fields {
            text.push_str(field.label);
        }
    }
    let text = text.to_lowercase();
    for (older, newer) in crate::sandbox::batchdialer::VOCABULARIES {
        for word in [older, newer] {
            assert!(text.contains(&word.to_lowercase()), "no `{word}`");
        }
    }
}
