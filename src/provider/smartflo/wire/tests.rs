use serde_json::json;

use super::*;

#[test]
fn an_id_of_one_kind_is_not_taken_for_another() {
    assert!(UserId::parse("0502842370002").is_none());
    assert_eq!(UserId::parse("288256").unwrap().as_str(), "288256");
    assert_eq!(
        AgentId::parse("0502842370002").unwrap().as_str(),
        "0502842370002"
    );
    assert!(AgentId::parse("05-2").is_none());
}

#[test]
fn an_agents_id_that_lost_its_zero_is_refused() {
    let row = |id: Json| UserRow::read(&json!({"id": 7, "login_id": "ada.l", "agent": {"id": id}}));
    let kept = row(json!("0502842370002")).unwrap();
    assert_eq!(kept.agent.unwrap().as_str(), "0502842370002");
    assert_eq!(
        row(json!(502_842_370_002_u64)).unwrap_err().to_string(),
        "`id` is a number, where an agent's id as text was expected"
    );
    assert_eq!(row(json!(null)).unwrap().agent, None);
}

#[test]
fn a_user_id_is_a_number_in_lists_and_text_in_single_reads() {
    let detail = json!({"data": {"id": "288256", "team_member": {"status": 1, "is_web_login_block": false}}});
    assert_eq!(UserDetail::read(&detail).unwrap().id.as_str(), "288256");
    let row = UserRow::read(&json!({"id": 288_256, "user_status": 0})).unwrap();
    assert_eq!((row.id.as_str(), row.enabled), ("288256", Some(false)));
}

#[test]
fn a_department_whose_members_do_not_add_up_is_refused() {
    let row = |agents: Json, count: Json| {
        DepartmentRow::read(
            &json!({"id": "1", "name": "Sales", "agents": agents, "agent_count": count}),
        )
    };
    assert!(row(json!([{"eid": "05"}]), json!("1")).is_ok());
    assert!(row(json!([]), json!("0")).is_ok());
    assert!(row(json!([{"eid": "05"}]), json!("2")).is_err());
    assert!(row(json!(null), json!(null)).is_err());
    assert!(row(json!([{"eid": "05"}, {"eid": "05"}]), json!("2")).is_err());
}

#[test]
fn reports_are_of_all_none_agents_or_users() {
    let cdr = |value: Json| Cdr::read(Some(Object::of(&value, "x").unwrap()));
    assert_eq!(
        cdr(json!({"type": "all", "value": null})),
        Ok(Some(Cdr::All))
    );
    assert_eq!(
        cdr(json!({"type": "agent", "value": ["0501"]})),
        Ok(Some(Cdr::Agents(vec![AgentId::parse("0501").unwrap()])))
    );
    assert!(cdr(json!({"type": "agent", "value": [501]})).is_err());
    assert!(cdr(json!({"type": "moon"})).is_err());
}
