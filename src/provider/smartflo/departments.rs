//! Departments, which the service takes as a whole only: read, changed, written, and read again.
//!
//! Between the reading and the writing somebody else may write; the service has no means against that. So the reading is
//! done as late as possible, and the second one finds what went missing.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::convert::{NAME, name_key};
use super::perform::{Writer, not_sent, object_id, unfit};
use super::wire::{AgentId, Created, DepartmentRow, MemberRow, ObjectId};
use crate::http::{Method, Request};
use crate::model::{Fields, RemoteId, ResourceId, Value};
use crate::provider::{Failure, Operation, Performed};

/// Seconds that a new member rings, when the department has none to go by; the documentation's sample.
const TIMEOUT: u64 = 30;

/// What a reading shows and a writing does not take.
const READ_ONLY: [&str; 4] = ["id", "agents", "agent_count", "timeout_dest_name"];

/// A department as the service takes it: everything that was read, with nulls and unknown keys, and these members.
fn whole(row: &DepartmentRow, members: &[MemberRow]) -> Map<String, Json> {
    let mut body: Map<String, Json> = row
        .whole
        .iter()
        .filter(|(key, _)| !READ_ONLY.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    // Two lists side by side.
    let places = members
        .iter()
        .map(|member| json!(format!("extension||{}", member.agent)));
    let seconds = members
        .iter()
        .map(|member| json!(member.timeout.unwrap_or(TIMEOUT)));
    body.insert("destination".to_owned(), places.collect());
    body.insert("timeout".to_owned(), seconds.collect());
    body
}

/// The members after one joined or left; `None` when it is so already.
fn members_after(row: &DepartmentRow, agent: &AgentId, joins: bool) -> Option<Vec<MemberRow>> {
    let is_in = row.members.iter().any(|member| member.agent == *agent);
    if is_in == joins {
        return None;
    }
    let mut members = row.members.clone();
    if joins {
        let timeout = members.last().and_then(|member| member.timeout);
        members.push(MemberRow {
            agent: agent.clone(),
            timeout: Some(timeout.unwrap_or(TIMEOUT)),
        });
    } else {
        members.retain(|member| member.agent != *agent);
    }
    Some(members)
}

impl Writer {
    async fn department(
        &mut self,
        operation: &Operation<'_>,
        id: &ObjectId,
    ) -> Result<DepartmentRow, Failure> {
        // Only reading happens here, so whatever goes wrong, the write was not sent.
        let rows = self.0.departments().await.map_err(not_sent)?;
        rows.into_iter()
            .find(|row| row.id == *id)
            .ok_or_else(|| unfit(operation, &format!("the department with id `{id}` is gone")))
    }

    pub(super) async fn change_membership(
        &mut self,
        operation: &Operation<'_>,
        target: &ResourceId,
        joins: bool,
    ) -> Result<Performed, Failure> {
        let id = operation
            .directory
            .get(target)
            .and_then(|id| ObjectId::parse(id.as_str()))
            .ok_or_else(|| {
                unfit(
                    operation,
                    &format!("the id of {target} is not known; it has to be created first"),
                )
            })?;
        let agent = self.agent_of(operation).await?;
        let before = self.department(operation, &id).await?;
        let Some(members) = members_after(&before, &agent, joins) else {
            return Ok(Performed {
                remote: None,
                already_so: true,
                presumed: false,
            });
        };
        let request = Request::new(Method::PUT, format!("v1/department/{id}"))
            .json(Json::Object(whole(&before, &members)));
        self.send(request)
            .await
            .map_err(|refusal| refusal.failure)?;
        self.check_membership(target, &id, &members, &agent, joins)
            .await?;
        Ok(Performed::default())
    }

    /// Whether a department that was written holds the members that were written, and no other went.
    async fn check_membership(
        &mut self,
        target: &ResourceId,
        id: &ObjectId,
        written: &[MemberRow],
        agent: &AgentId,
        joins: bool,
    ) -> Result<(), Failure> {
        let rows = match self.0.departments().await {
            Ok(rows) => rows,
            Err(error) => {
                // The service said that it was done, and the reading at the end of the run will tell.
                let text = format!("{target} was written and could not be read again: {error}");
                self.0.session.notice(text);
                return Ok(());
            }
        };
        let now: BTreeSet<&AgentId> = rows
            .iter()
            .find(|row| row.id == *id)
            .into_iter()
            .flat_map(|row| row.members.iter().map(|member| &member.agent))
            .collect();
        let lost: Vec<&AgentId> = written
            .iter()
            .map(|member| &member.agent)
            .filter(|member| *member != agent && !now.contains(member))
            .collect();
        if !lost.is_empty() {
            let names: Vec<String> = lost
                .iter()
                .map(|agent| {
                    let user = self.0.agents.user_of(agent);
                    user.map_or_else(|| format!("agent `{agent}`"), |user| format!("`{user}`"))
                })
                .collect();
            let text = format!(
                "{target} lost {} while it was written: somebody else changed it at the same time, or the service does \
                 not keep members; look at it in the panel, then plan again",
                names.join(", ")
            );
            self.0.session.notice(text.clone());
            return Err(Failure::Refused(text));
        }
        if now.contains(agent) != joins {
            return Err(Failure::Unknown(format!(
                "{target}: the service said that it was done, and the member {}",
                if joins {
                    "is not in it"
                } else {
                    "is still in it"
                }
            )));
        }
        Ok(())
    }

    /// Creates a department that rings all at once and hangs up when nobody answers (documented examples).
    pub(super) async fn create_department(
        &mut self,
        operation: &Operation<'_>,
    ) -> Result<Performed, Failure> {
        let name = operation.id.key.as_str();
        let body = json!({
            "name": name,
            "description": name,
            "ring_strategy": self.0.brand.ring_all(),
            "failover_dest_type": "hangup",
            // The one place of its kind, by the grammar of number destinations.
            "failover_destination": "1",
            "music_on_hold": null,
            "sticky_agent": false,
            "destination": [],
            "timeout": [],
        });
        let answer = self
            .send(Request::new(Method::POST, "v1/department").json(body))
            .await
            .map_err(|refusal| refusal.failure)?;
        let id = Created::read(&answer).id;
        Ok(Performed {
            remote: id
                .as_deref()
                .and_then(ObjectId::parse)
                .as_ref()
                .map(RemoteId::from),
            already_so: false,
            presumed: false,
        })
    }

    pub(super) async fn rename_department(
        &mut self,
        operation: &Operation<'_>,
        changed: &Fields,
    ) -> Result<Performed, Failure> {
        if let Some(other) = changed.keys().find(|name| name.as_str() != NAME) {
            let what = format!("`{other}` of a department is not managed");
            return Err(unfit(operation, &what));
        }
        let id = object_id(operation)?;
        let name = changed
            .get(NAME)
            .and_then(Value::as_text)
            .map(name_key)
            .ok_or_else(|| unfit(operation, "there is nothing to change"))?;
        let row = self.department(operation, &id).await?;
        let mut body = whole(&row, &row.members);
        body.insert("name".to_owned(), json!(name));
        let path = format!("v1/department/{}", id.as_str());
        let request = Request::new(Method::PUT, path).json(Json::Object(body));
        self.send(request)
            .await
            .map_err(|refusal| refusal.failure)?;
        Ok(Performed::default())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn row() -> DepartmentRow {
        DepartmentRow::read(&json!({
            "id": "20546", "name": "Sales", "description": "d", "music_on_hold": null, "agent_count": "1",
            "new_key": {"a": [1]}, "timeout_dest_name": "x", "timeout_dest_type": "hangup",
            "agents": [{"id": "28131", "name": "Ada", "eid": "0501", "timeout": "20"}],
        }))
        .unwrap()
    }

    #[test]
    fn everything_that_was_read_is_written_back_with_two_lists_of_one_length() {
        let agent = AgentId::parse("0502").unwrap();
        let members = members_after(&row(), &agent, true).unwrap();
        assert_eq!(
            Json::Object(whole(&row(), &members)),
            json!({
                "name": "Sales", "description": "d", "music_on_hold": null, "new_key": {"a": [1]},
                "timeout_dest_type": "hangup",
                "destination": ["extension||0501", "extension||0502"], "timeout": [20, 20],
            })
        );
    }

    #[test]
    fn a_member_that_is_in_or_out_already_needs_no_writing() {
        let inside = AgentId::parse("0501").unwrap();
        let outside = AgentId::parse("501").unwrap();
        assert!(members_after(&row(), &inside, true).is_none());
        assert!(members_after(&row(), &outside, false).is_none());
        assert_eq!(members_after(&row(), &inside, false).unwrap(), []);
    }
}
