use super::*;

/// What an operation is about, owned.
struct Case {
    id: ResourceId,
    remote: Option<RemoteId>,
    wanted: Fields,
    secrets: BTreeMap<FieldName, Secret>,
    directory: Directory,
}

fn ada() -> Fields {
    fields(&[
        ("login_id", Value::from("ada.lovelace")),
        ("name", Value::from("Ada Lovelace")),
        ("phone", Value::from("+919876543210")),
        ("agent", Value::from(true)),
        ("agent_groups", list(&["Outbound"])),
        ("caller_ids", list(&["+918065000002", "+918065000001"])),
        ("extension", Value::from(true)),
        ("time_group", Value::from("Office hours")),
        ("web_login.email", Value::from("ada@acme.example")),
        ("web_login.role", Value::from("Auditor")),
        ("web_login.enabled", Value::from(true)),
        ("web_login.blocked", Value::from(false)),
        ("login_based_calling", Value::from(true)),
    ])
}

impl Case {
    fn new(kind: crate::model::Kind, key: &str, live: &Live) -> Self {
        let id = ResourceId::new(kind, key);
        let directory: Directory = live
            .iter()
            .map(|found| (found.id.clone(), found.remote.clone()))
            .collect();
        Self {
            remote: directory.get(&id).cloned(),
            id,
            wanted: ada(),
            secrets: BTreeMap::from([(
                FieldName::from_static("password"),
                Secret::new("Pa55-w0rd".to_owned()),
            )]),
            directory,
        }
    }

    async fn perform(&self, writer: &mut Writer, act: Act<'_>) -> Result<Performed, Failure> {
        let operation = Operation {
            act,
            id: &self.id,
            remote: self.remote.as_ref(),
            title: "Ada Lovelace",
            wanted: &self.wanted,
            secrets: &self.secrets,
            directory: &self.directory,
        };
        writer.perform(&operation).await
    }
}

const DEPARTMENTS: FieldName = FieldName::from_static("departments");

fn department(name: &str) -> ResourceId {
    ResourceId::new(DEPARTMENT, name)
}

/// A writer that has read the account, and the case of a user in it.
async fn ready(bench: &Bench, key: &str) -> (Writer, Case) {
    let mut reader = bench.reader();
    let live = reader.observe(&everything()).await.unwrap();
    bench.control.reset_requests();
    (Writer(reader), Case::new(USER, key, &live))
}

#[tokio::test]
async fn a_life_is_read_back_as_it_was_written_and_takes_the_requests_that_were_planned() {
    let bench = Bench::demo().await;
    let (mut writer, mut case) = ready(&bench, "ada.lovelace").await;
    let created = case
        .perform(&mut writer, Act::Create { fields: &ada() })
        .await
        .unwrap();
    case.remote = created.remote;
    let changes = fields(&[
        ("web_login.designation", Value::from("Sales lead")),
        (
            "web_login.cdr_users",
            Value::set(["grace.hopper", "ada.lovelace"]),
        ),
        ("web_login.role", Value::from("Supervisor")),
        ("caller_ids", list(&["+918065000003"])),
        ("phone", Value::from("+919876543211")),
    ]);
    case.perform(&mut writer, Act::Update { fields: &changes })
        .await
        .unwrap();
    let target = department("Sales");
    let join = Act::AddMember {
        field: &DEPARTMENTS,
        target: &target,
    };
    assert!(!case.perform(&mut writer, join).await.unwrap().already_so);
    let kinds = [WriteKind::Create, WriteKind::Update, WriteKind::Member];
    let planned: u64 = kinds.into_iter().map(|write| cost(&USER, write)).sum();
    assert_eq!(bench.control.counters().total, planned);
    assert_eq!(bench.control.counters().writes, 3);

    let account = bench.control.account();
    let user = account.user_by_login("ada.lovelace").unwrap();
    assert_eq!(user.caller_ids, [71003]);
    assert_eq!(user.agent_groups, [302]);
    assert_eq!(user.cdr.value, ["0502842370008", "0502842370002"]);
    let live = writer.observe(&everything()).await.unwrap();
    let found = live.get(&case.id).unwrap();
    let mut expected = ada();
    expected.extend(changes);
    expected.insert("departments".into(), list(&["Sales"]));
    for (name, value) in expected {
        if !["caller_ids", "agent_groups"].contains(&name.as_str()) {
            assert_eq!(found.fields.get(&name), Some(&value), "{name}");
        }
    }

    assert!(case.perform(&mut writer, join).await.unwrap().already_so);
    let leave = Act::RemoveMember {
        field: &DEPARTMENTS,
        target: &target,
    };
    assert!(!case.perform(&mut writer, leave).await.unwrap().already_so);
    assert!(case.perform(&mut writer, leave).await.unwrap().already_so);
    let sales = &bench.control.account().departments[&20541];
    assert_eq!(sales.members.len(), 2, "the others stay");
    assert!(
        !case
            .perform(&mut writer, Act::Delete)
            .await
            .unwrap()
            .already_so
    );
    assert!(
        case.perform(&mut writer, Act::Delete)
            .await
            .unwrap()
            .already_so
    );
    assert_eq!(bench.control.account().users.len(), 7);
}

#[tokio::test]
async fn a_user_without_an_agent_or_without_a_login_is_created_so() {
    let bench = Bench::demo().await;
    let (mut writer, case) = ready(&bench, "ada.lovelace").await;
    let mut declared = ada();
    declared.insert("agent".into(), Value::from(false));
    declared.insert("web_login".into(), Value::from(false));
    declared.insert("web_login.enabled".into(), Value::from(false));
    for name in ["caller_ids", "extension", "time_group", "web_login.blocked"] {
        declared.remove(name);
    }
    let act = Act::Create { fields: &declared };
    case.perform(&mut writer, act).await.unwrap();
    let account = bench.control.account();
    let user = account.user_by_login("ada.lovelace").unwrap();
    assert!(user.agent.is_none() && user.web_login_blocked && !user.status);
}

#[tokio::test]
async fn a_create_whose_answer_has_no_ids_is_told_without_and_can_be_looked_up() {
    let bench = Bench::quirky(Quirks {
        create_answer: CreateAnswer::NoData,
        ..Quirks::default()
    })
    .await;
    let (mut writer, mut case) = ready(&bench, "ada.lovelace").await;
    let act = Act::Create { fields: &ada() };
    assert_eq!(
        case.perform(&mut writer, act).await,
        Ok(Performed::default())
    );
    let found = writer.look_up(&case.id, None).await.unwrap().unwrap();
    case.remote = Some(found.remote);
    let target = department("Sales");
    let join = Act::AddMember {
        field: &DEPARTMENTS,
        target: &target,
    };
    assert!(case.perform(&mut writer, join).await.is_ok());
}

#[tokio::test]
async fn what_is_not_proved_done_or_refused_is_unknown() {
    let empty = Quirks {
        create_answer: CreateAnswer::Empty,
        ..Quirks::default()
    };
    let bench = Bench::quirky(empty).await;
    let (mut writer, case) = ready(&bench, "ada.lovelace").await;
    let failure = case
        .perform(&mut writer, Act::Create { fields: &ada() })
        .await;
    assert!(matches!(failure, Err(Failure::Unknown(_))), "{failure:?}");
    for (effect, unknown) in [
        (Effect::DropBefore, true),
        (Effect::DropAfter, true),
        (Effect::BeforeEffect500, true),
        (Effect::AfterEffect500, true),
        (Effect::TruncatedJson, true),
        (Effect::Html(502), true),
        (Effect::Html(404), true),
        (Effect::ErrorIn200, false),
    ] {
        let bench = Bench::demo().await;
        let (mut writer, case) = ready(&bench, "grace.hopper").await;
        bench.control.add_fault(Fault::on_write(1, effect));
        let failure = case.perform(&mut writer, Act::Delete).await.unwrap_err();
        assert_eq!(
            matches!(failure, Failure::Unknown(_)),
            unknown,
            "{effect:?}: {failure}"
        );
        assert_eq!(
            matches!(failure, Failure::Refused(_)),
            !unknown,
            "{effect:?}: {failure}"
        );
        assert_eq!(bench.control.counters().writes, 1, "{effect:?}");
    }
}

#[tokio::test]
async fn refusals_name_the_fields_and_a_refusal_that_says_success_is_unknown() {
    for (refusal_with_success, text_success) in [(false, false), (false, true), (true, false)] {
        let bench = Bench::quirky(Quirks {
            refusal_with_success,
            text_success,
            ..Quirks::default()
        })
        .await;
        let (mut writer, case) = ready(&bench, "grace.hopper").await;
        let taken = fields(&[("web_login.email", Value::from("hedy.lamarr@acme.example"))]);
        let failure = case
            .perform(&mut writer, Act::Update { fields: &taken })
            .await
            .unwrap_err();
        assert_eq!(
            matches!(failure, Failure::Unknown(_)),
            refusal_with_success,
            "{failure}"
        );
        assert!(
            failure
                .to_string()
                .contains("email: The email has already been taken."),
            "{failure}"
        );
        let good = fields(&[("name", Value::from("Grace H."))]);
        assert!(
            case.perform(&mut writer, Act::Update { fields: &good })
                .await
                .is_ok()
        );
    }
}

#[tokio::test]
async fn what_cannot_be_sent_rightly_is_refused_before_anything_is_sent() {
    let bench = Bench::demo().await;
    let (mut writer, case) = ready(&bench, "ada.lovelace").await;
    for (name, value, expected) in [
        ("web_login.role", Value::from("Boss"), "account.role_ids"),
        (
            "agent_groups",
            list(&["Inbound"]),
            "account.agent_group_ids",
        ),
        (
            "caller_ids",
            list(&["+910000000009"]),
            "the account has no caller_id",
        ),
        ("caller_ids", list(&[]), "declare at least one"),
        (
            "time_group",
            Value::from("Never"),
            "the account has no time_group",
        ),
        (
            "web_login.cdr_users",
            list(&["mary.jackson"]),
            "has no agent",
        ),
    ] {
        let mut declared = ada();
        declared.insert(name.into(), value);
        let act = Act::Create { fields: &declared };
        let failure = case.perform(&mut writer, act).await.unwrap_err();
        let refused = matches!(failure, Failure::Refused(_));
        assert!(
            refused && failure.to_string().contains(expected),
            "{failure}"
        );
    }
    for name in [
        "name",
        "phone",
        "login_id",
        "web_login.email",
        "web_login.role",
    ] {
        let mut declared = ada();
        declared.remove(name);
        let act = Act::Create { fields: &declared };
        let failure = case
            .perform(&mut writer, act)
            .await
            .unwrap_err()
            .to_string();
        assert!(failure.contains(&format!("demands `{name}`")), "{failure}");
    }
    let (_, mut grace) = ready(&bench, "grace.hopper").await;
    for name in ["web_login.enabled", "agent", "extension", "time_group"] {
        let changed = fields(&[(name, Value::from(false))]);
        let act = Act::Update { fields: &changed };
        assert!(
            matches!(
                grace.perform(&mut writer, act).await,
                Err(Failure::Refused(_))
            ),
            "{name}"
        );
    }
    // An agent's id would be answered with "not found", and taken for a user who is gone.
    grace.remote = Some(RemoteId::from("0502842370002"));
    let failure = grace.perform(&mut writer, Act::Delete).await.unwrap_err();
    assert!(failure.to_string().contains("no user's id"), "{failure}");
    assert_eq!(bench.control.counters().writes, 0);
}

#[tokio::test]
async fn a_role_that_two_ids_have_is_not_guessed() {
    let bench = Bench::demo().await;
    bench
        .control
        .edit(|account| {
            account.roles.insert(99_001, "Agent".to_owned());
            let user = account
                .users
                .values_mut()
                .find(|user| user.login_id == "grace.hopper");
            user.unwrap().role = 99_001;
        })
        .unwrap();
    let (mut writer, case) = ready(&bench, "hedy.lamarr").await;
    let changed = fields(&[("web_login.role", Value::from("Agent"))]);
    let failure = case
        .perform(&mut writer, Act::Update { fields: &changed })
        .await;
    assert!(
        failure
            .unwrap_err()
            .to_string()
            .contains("two roles are called `Agent`")
    );
}

#[tokio::test]
async fn a_member_that_vanishes_while_a_department_is_written_is_reported() {
    let bench = Bench::demo().await;
    let control = bench.control.clone();
    let mut settings = bench.settings(Login::Token(Secret::new("l0ng-lived".to_owned())));
    settings.trace = Some(std::sync::Arc::new(
        move |attempt: &crate::http::Attempt<'_>| {
            if attempt.method == "PUT" {
                let hedy = "0502842370003";
                assert!(
                    control
                        .edit(|account| account.remove_member(20541, hedy))
                        .unwrap()
                );
            }
        },
    ));
    let mut reader = connect::open(settings).unwrap();
    let live = reader.observe(&everything()).await.unwrap();
    let mut writer = Writer(reader);
    let case = Case::new(USER, "radia.perlman", &live);
    let target = department("Sales");
    let join = Act::AddMember {
        field: &DEPARTMENTS,
        target: &target,
    };
    let failure = case.perform(&mut writer, join).await.unwrap_err();
    insta::assert_snapshot!(failure, @"the service refused: department `Sales` lost `hedy.lamarr` while it was written: somebody else changed it at the same time, or the service does not keep members; look at it in the panel, then plan again");
    assert_eq!(writer.notices().len(), 1);
}

#[tokio::test]
async fn a_membership_after_an_answer_that_got_lost_is_found_done() {
    let bench = Bench::demo().await;
    let (mut writer, case) = ready(&bench, "radia.perlman").await;
    bench
        .control
        .add_fault(Fault::on("PUT", "department", Effect::DropAfter));
    let target = department("Sales");
    let join = Act::AddMember {
        field: &DEPARTMENTS,
        target: &target,
    };
    let failure = case.perform(&mut writer, join).await;
    assert!(matches!(failure, Err(Failure::Unknown(_))), "{failure:?}");
    assert!(case.perform(&mut writer, join).await.unwrap().already_so);
    let (mut writer, mary) = ready(&bench, "mary.jackson").await;
    let failure = mary.perform(&mut writer, join).await.unwrap_err();
    assert!(failure.to_string().contains("it has no agent"), "{failure}");
}

#[tokio::test]
async fn departments_are_created_renamed_and_deleted() {
    let bench = Bench::demo().await;
    let (mut writer, user) = ready(&bench, "grace.hopper").await;
    let mut case = Case {
        id: department("Night"),
        remote: None,
        ..user
    };
    let none = Fields::new();
    let created = case
        .perform(&mut writer, Act::Create { fields: &none })
        .await
        .unwrap();
    case.remote = created.remote;
    let renamed = fields(&[("name", Value::from("Late shift"))]);
    case.perform(&mut writer, Act::Update { fields: &renamed })
        .await
        .unwrap();
    assert_eq!(
        bench.control.counters().total,
        cost(&DEPARTMENT, WriteKind::Create) + cost(&DEPARTMENT, WriteKind::Update)
    );
    let account = bench.control.account();
    let made = account.departments.values().last().unwrap();
    assert_eq!(
        (made.name.as_str(), made.ring_strategy.as_str()),
        ("Late shift", "simultaneously")
    );
    case.remote = Some(RemoteId::from("20541"));
    let renamed = fields(&[("name", Value::from("Sales EU"))]);
    case.perform(&mut writer, Act::Update { fields: &renamed })
        .await
        .unwrap();
    let sales = bench.control.account().departments[&20541].clone();
    assert_eq!((sales.name.as_str(), sales.members.len()), ("Sales EU", 2));
    assert!(
        !case
            .perform(&mut writer, Act::Delete)
            .await
            .unwrap()
            .already_so
    );
    assert!(
        case.perform(&mut writer, Act::Delete)
            .await
            .unwrap()
            .already_so
    );
}

#[tokio::test]
async fn each_brand_gets_its_own_word_for_an_extension() {
    for (dialect, brand) in [
        (Dialect::Smartflo, Brand::Smartflo),
        (Dialect::AcefoneIn, Brand::AcefoneIn),
        (Dialect::AcefoneUk, Brand::AcefoneUk),
        (Dialect::Servetel, Brand::Servetel),
    ] {
        let bench = Bench::seeded(Seed {
            dialect,
            ..Seed::demo()
        })
        .await;
        let token = Login::Token(Secret::new("l0ng-lived".to_owned()));
        let mut reader = connect::open(Settings {
            brand,
            ..bench.settings(token)
        })
        .unwrap();
        let live = reader.observe(&everything()).await.unwrap();
        let mut writer = Writer(reader);
        let case = Case::new(USER, "ada.lovelace", &live);
        case.perform(&mut writer, Act::Create { fields: &ada() })
            .await
            .unwrap();
        let account = bench.control.account();
        let agent = account.user_by_login("ada.lovelace").unwrap().agent.clone();
        assert!(agent.unwrap().extension.is_some(), "{brand:?}");
    }
}
