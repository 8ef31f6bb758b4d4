use super::*;

#[tokio::test]
async fn a_reading_takes_the_pages_the_users_and_three() {
    for (users, pages) in [(1, 1), (20, 1), (21, 2), (45, 3)] {
        let bench = Bench::seeded(Seed::generated(users, 3, 2)).await;
        let live = bench.reader().observe(&everything()).await.unwrap();
        let expected = pages + users + 3;
        assert_eq!(live.requests, expected as u64);
        assert_eq!(bench.control.counters().total, expected as u64);
        assert_eq!(live.kinds[&USER].resources.len(), users);
        assert_eq!(live.kinds[&DEPARTMENT].resources.len(), 3);
    }
}

#[tokio::test]
async fn a_user_is_read_out_of_list_details_and_departments() {
    let bench = Bench::demo().await;
    let live = bench.reader().observe(&everything()).await.unwrap();
    let user = |key: &str| live.get(&ResourceId::new(USER, key)).unwrap();
    let shown: Vec<String> = user("hedy.lamarr")
        .fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    agent: on
    call_forward_number: +919876500004
    departments: Escalations, Sales
    existing_agent: 0502842370003
    extension: on
    login_based_calling: off
    login_id: hedy.lamarr
    name: Hedy Lamarr
    phone: +919876500004
    time_group: Office hours
    web_login.blocked: off
    web_login.cdr_users: all
    web_login.designation: Tele caller
    web_login.email: hedy.lamarr@acme.example
    web_login.enabled: on
    web_login.role: Agent
    ");
    let mary = user("mary.jackson");
    assert_eq!(mary.fields[&"agent".into()], Value::Bool(false));
    assert_eq!(mary.fields[&"extension".into()], Value::Bool(false));
    assert_eq!(mary.fields[&"departments".into()], Value::List(Vec::new()));
    assert_eq!(mary.remote, RemoteId::from("288250"));
    assert_eq!(
        user("lee.vere").fields[&"web_login.blocked".into()],
        Value::Bool(true)
    );
    let sales = live.get(&ResourceId::new(DEPARTMENT, "Sales")).unwrap();
    assert_eq!(sales.remote, RemoteId::from("20541"));
    let number = ResourceId::new(CALLER_ID, "+918065000001");
    assert_eq!(live.get(&number).unwrap().remote, RemoteId::from("71001"));
    let hours = ResourceId::new(TIME_GROUP, "Office hours");
    assert_eq!(live.get(&hours).unwrap().remote, RemoteId::from("23741"));
}

#[tokio::test]
async fn what_agents_do_at_the_moment_makes_no_difference() {
    let bench = Bench::seeded(Seed::generated(30, 2, 1)).await;
    let mut reader = bench.reader();
    let first = reader.observe(&everything()).await.unwrap();
    for _ in 0..3 {
        assert_eq!(reader.observe(&everything()).await.unwrap(), first);
    }
}

#[tokio::test]
async fn departments_of_users_are_known_only_when_departments_were_read() {
    let bench = Bench::demo().await;
    let live = bench.reader().observe(&only(USER)).await.unwrap();
    let none = |user: &crate::model::LiveResource| !user.fields.contains_key("departments");
    assert!(live.iter().all(none));
    assert_eq!(live.requests, 8);
}

#[tokio::test]
async fn unknown_keys_and_a_chosen_extension_are_read() {
    let bench = Bench::quirky(Quirks {
        extra_keys: true,
        ..Quirks::default()
    })
    .await;
    bench
        .control
        .edit(|account| {
            let user = account
                .users
                .values_mut()
                .find(|user| user.login_id == "grace.hopper");
            user.unwrap().agent.as_mut().unwrap().extension = Some("1001".to_owned());
        })
        .unwrap();
    let live = bench.reader().observe(&everything()).await.unwrap();
    let grace = live.get(&ResourceId::new(USER, "grace.hopper")).unwrap();
    assert_eq!(
        grace.fields[&"extension_number".into()],
        Value::from("1001")
    );
}

#[tokio::test]
async fn a_list_that_does_not_add_up_is_not_believed() {
    for (path, effect) in [
        ("v1/users", Effect::ShortPage),
        ("v1/users", Effect::DuplicateRow),
        ("v1/users", Effect::TruncatedJson),
        ("v1/users", Effect::ErrorIn200),
        ("v1/users", Effect::Html(200)),
        ("v1/user/", Effect::TruncatedJson),
        ("v1/user/", Effect::ErrorIn200),
        ("v1/departments", Effect::DuplicateRow),
        ("v1/departments", Effect::Nulls),
        ("v1/departments", Effect::ErrorIn200),
        ("v1/departments", Effect::TruncatedJson),
        ("v1/my_number", Effect::DuplicateRow),
    ] {
        let bench = Bench::demo().await;
        bench.control.add_fault(Fault::on("GET", path, effect));
        let error = bench.reader().observe(&everything()).await.unwrap_err();
        let unbelievable = matches!(error, ProviderError::Unbelievable(_));
        assert!(unbelievable, "{path} {effect:?}: {error}");
        assert_eq!(bench.control.counters().writes, 0);
    }
}

#[tokio::test]
async fn a_user_who_goes_while_the_account_is_read_has_it_read_again() {
    let bench = Bench::demo().await;
    let control = bench.control.clone();
    let mut settings = bench.settings(Login::Token(Secret::new("l0ng-lived".to_owned())));
    settings.trace = Some(std::sync::Arc::new(
        move |attempt: &crate::http::Attempt<'_>| {
            if attempt.path == "v1/users" {
                control
                    .edit(|account| account.delete_user(288_253))
                    .unwrap();
            }
        },
    ));
    let mut reader = connect::open(settings).unwrap();
    let live = reader.observe(&only(USER)).await.unwrap();
    assert_eq!(live.kinds[&USER].resources.len(), 6);
    let lists = bench
        .calls()
        .iter()
        .filter(|call| call.contains("v1/users"))
        .count();
    assert_eq!(lists, 2);
}

#[tokio::test]
async fn a_failure_that_passes_is_read_over() {
    let bench = Bench::demo().await;
    bench
        .control
        .add_fault(Fault::on("GET", "v1/user/", Effect::DropAfter));
    bench
        .control
        .add_fault(Fault::on("GET", "v1/departments", Effect::BeforeEffect500));
    assert!(bench.reader().observe(&everything()).await.is_ok());
}

#[tokio::test]
async fn one_user_is_looked_up_by_id_or_by_login_and_never_by_an_agents_id() {
    let bench = Bench::demo().await;
    let mut reader = bench.reader();
    let id = ResourceId::new(USER, "grace.hopper");
    let by_login = reader.look_up(&id, None).await.unwrap().unwrap();
    let by_id = reader
        .look_up(&id, Some(&by_login.remote))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((by_id.id, by_id.remote), (by_login.id, by_login.remote));
    let gone = RemoteId::from("999999");
    assert_eq!(reader.look_up(&id, Some(&gone)).await.unwrap(), None);
    let nobody = ResourceId::new(USER, "nobody.here");
    assert_eq!(reader.look_up(&nobody, None).await.unwrap(), None);
    bench.control.reset_requests();
    let agent = RemoteId::from("0502842370002");
    let error = reader.look_up(&id, Some(&agent)).await.unwrap_err();
    assert!(matches!(error, ProviderError::Settings(_)), "{error}");
    assert!(bench.calls().is_empty());
    let sales = ResourceId::new(DEPARTMENT, "Sales");
    assert!(reader.look_up(&sales, None).await.unwrap().is_some());
}

#[tokio::test]
async fn a_token_that_is_refused_says_what_to_do() {
    let bench = Bench::demo().await;
    let login = Login::Token(Secret::new("other-s3cret".to_owned()));
    let mut reader = connect::open(bench.settings(login)).unwrap();
    let error = reader.observe(&everything()).await.unwrap_err();
    insta::assert_snapshot!(error, @"`GET v1/my_number`: smartflo answered 401: Unauthenticated; check `SMARTFLO_TOKEN`, or make a new one under API Connect > API Tokens");
    assert_eq!(bench.calls().len(), 1);
}
