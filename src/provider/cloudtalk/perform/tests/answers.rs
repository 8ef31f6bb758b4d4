//! What an answer, or none, proves.

use std::time::Duration;

use super::super::super::scripted::{client, html, text};
use super::*;

#[tokio::test]
async fn what_is_so_already_is_told_apart_from_a_refusal() {
    let case = Case::user(Some("99"));
    let target = sales();
    let add = Act::AddMember {
        field: &GROUPS,
        target: &target,
    };
    let remove = Act::RemoveMember {
        field: &GROUPS,
        target: &target,
    };
    let cake = || {
        line(
            404,
            json!({"name": "Not Found", "message": "Not Found", "url": "/api/x.json"}),
        )
    };
    let detailed = || {
        line(
            406,
            json!({"responseData": {"status": 406, "message": "Invalid input data.", "data": {"group_id": ["Bad."]}}}),
        )
    };
    let already = Ok(Performed {
        already_so: true,
        ..Performed::default()
    });
    let presumed = Ok(Performed {
        already_so: true,
        presumed: true,
        ..Performed::default()
    });
    assert_eq!(
        play(&case, Act::Delete, vec![status(404, "Not found.")])
            .await
            .0,
        already
    );
    assert_eq!(
        play(&case, remove, vec![status(404, "Not found.")]).await.0,
        already
    );
    assert_eq!(
        play(&case, add, vec![status(406, "Invalid input data.")])
            .await
            .0,
        presumed
    );
    for (act, answer) in [
        (Act::Delete, cake()),
        (remove, cake()),
        (add, detailed()),
        (remove, status(406, "No.")),
    ] {
        let (result, _) = play(&case, act, vec![answer]).await;
        assert!(
            matches!(result, Err(Failure::Refused(_))),
            "{act:?}: {result:?}"
        );
    }
    let (result, _) = play(&case, Act::Delete, vec![html(404)]).await;
    assert!(matches!(result, Err(Failure::Unknown(_))), "{result:?}");
}

#[tokio::test]
async fn every_answer_to_a_write_has_its_class() {
    let inside = |status: u16| {
        line(
            200,
            json!({"responseData": {"status": status, "message": "Said."}}),
        )
    };
    let table = [
        (status(401, "Unauthorized"), "credentials"),
        (html(401), "credentials"),
        (inside(401), "credentials"),
        (status(403, "Max. number of agents reached."), "none left"),
        (
            line(
                200,
                json!({"responseData": {"status": 403, "message": "Max. number of agents reached."}}),
            ),
            "none left",
        ),
        (status(403, "Forbidden."), "refused"),
        (status(400, "Bad."), "refused"),
        (status(404, "Not found."), "refused"),
        (status(405, "Method Not Allowed"), "refused"),
        (status(406, "Invalid input data."), "refused"),
        (status(422, "Bad."), "refused"),
        (inside(406), "refused"),
        (
            line(
                400,
                json!({"statusCode": 400, "message": ["Bad."], "error": "Bad Request"}),
            ),
            "refused",
        ),
        (inside(429), "could not be reached"),
        (inside(500), "believed"),
        (status(500, "Something went wrong."), "believed"),
        (status(408, "Slow."), "believed"),
        (html(403), "believed"),
        (html(502), "believed"),
        (html(200), "believed"),
        (text(200, ""), "believed"),
        (text(200, "{\"responseData\":{"), "believed"),
        (text(200, "[]"), "believed"),
        (
            line(200, json!({"success": false, "errors": ["no"]})),
            "believed",
        ),
    ];
    for (answer, class) in table {
        let shown = format!("{answer:?}");
        let (result, heard) = play(
            &Case::user(None),
            Act::Create { fields: &ada() },
            vec![answer],
        )
        .await;
        let told = result.unwrap_err().to_string();
        let lead = told.split(':').next().unwrap();
        assert!(lead.contains(class), "{shown}: {told}");
        assert!(told.contains("PUT agents/add.json"), "{told}");
        assert_eq!(heard.len(), 1, "a write is never repeated: {shown}");
    }
}

#[tokio::test]
async fn a_refusal_joins_the_messages_of_the_fields_and_hides_the_password() {
    let answer = line(
        406,
        json!({"responseData": {"status": "406", "message": "Invalid input data.", "data": {
            "email": ["This email is already in use."], "pass": ["pa55-w0rd is too weak."],
        }}}),
    );
    let (result, _) = play(
        &Case::user(None),
        Act::Create { fields: &ada() },
        vec![answer],
    )
    .await;
    let expected = "`PUT agents/add.json`: 406: Invalid input data. \
        (email: This email is already in use.; pass: [redacted] is too weak.)";
    assert_eq!(result, Err(Failure::Refused(expected.to_owned())));
}

#[tokio::test]
async fn a_write_without_an_answer_is_unknown_unless_it_was_never_sent() {
    let case = Case::user(Some("99"));
    let slow = done().after(Duration::from_secs(5));
    let (result, heard) = play(&case, Act::Delete, vec![slow]).await;
    assert!(matches!(result, Err(Failure::Unknown(_))), "{result:?}");
    assert_eq!(heard.len(), 1);

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api", listener.local_addr().unwrap());
    drop(listener);
    let result = case.perform(&mut Writer(client(&url)), Act::Delete).await;
    assert!(matches!(result, Err(Failure::NotSent(_))), "{result:?}");
}

#[tokio::test]
async fn a_write_that_is_throttled_for_good_was_not_sent() {
    let (result, heard) = play(
        &Case::user(Some("99")),
        Act::Delete,
        vec![status(429, "Too Many Requests")],
    )
    .await;
    assert!(matches!(result, Err(Failure::NotSent(_))), "{result:?}");
    assert!(
        heard.len() > 1,
        "a throttled write is certain not to have happened, and is tried again"
    );
}

#[tokio::test]
async fn nothing_is_sent_for_an_operation_that_cannot_be() {
    let mut nameless = Case::user(Some("99"));
    nameless.wanted.remove("last_name");
    let mut secretless = Case::user(None);
    secretless.secrets.clear();
    let (known, unknown) = (Case::user(Some("99")), Case::user(None));
    let odd = Case::user(Some("9/9"));
    let group = Case {
        id: sales(),
        ..Case::user(None)
    };
    let (ada, empty) = (ada(), Fields::new());
    let target = ResourceId::new(GROUP, "Nobody");
    let mut unset = Case::user(Some("99"));
    unset.wanted.remove("default_number");
    let default = fields(&[("default_number", Value::from(""))]);
    let cases: [(&Case, Act<'_>, &str); 8] = [
        (&nameless, Act::Update { fields: &empty }, "`last_name`"),
        (&secretless, Act::Create { fields: &ada }, "password"),
        (&unknown, Act::Delete, "look it up"),
        (&odd, Act::Delete, "`9/9`"),
        (
            &known,
            Act::AddMember {
                field: &GROUPS,
                target: &target,
            },
            "group `Nobody`",
        ),
        (
            &group,
            Act::Create { fields: &empty },
            "no such operation for a group",
        ),
        (&group, Act::Delete, "no such operation for a group"),
        (&unset, Act::Update { fields: &default }, "cannot be unset"),
    ];
    for (case, act, expected) in cases {
        let (result, heard) = play(case, act, vec![done()]).await;
        let Err(Failure::Refused(told)) = result else {
            panic!("{act:?}: {result:?}")
        };
        assert!(
            told.contains(expected) && told.contains("not sent"),
            "{told}"
        );
        assert!(heard.is_empty(), "{heard:?}");
    }
}
