//! Which path is which operation.

use axum::http::Method;

/// One operation of the API, with the id in its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    AgentsIndex,
    AgentsAdd,
    AgentsEdit(u64),
    AgentsDelete(u64),
    GroupsIndex,
    GroupsAdd,
    GroupsDelete(u64),
    NumbersIndex,
    NumbersEdit(u64),
    NumbersClear(u64),
    TagsIndex,
    TagsAdd,
    TagsEdit(u64),
    TagsDelete(u64),
    CountriesIndex,
    GroupStatistics,
    CallsIndex,
}

impl Operation {
    /// The operation at a path; `None` when there is none. An id that is no number is one that does not exist.
    pub(super) fn at(path: &str) -> Option<Self> {
        let place = path.strip_prefix("/api/")?.strip_suffix(".json")?;
        let (action, id) = match place.rsplit_once('/') {
            Some((action, last)) if action.contains('/') && !place.starts_with("statistics/") => {
                (action, Some(last))
            }
            _ => (place, None),
        };
        let id = id.map(|id| id.parse().unwrap_or(0));
        Some(match (action, id) {
            ("agents/index", None) => Operation::AgentsIndex,
            ("agents/add", None) => Operation::AgentsAdd,
            ("agents/edit", Some(id)) => Operation::AgentsEdit(id),
            ("agents/delete", Some(id)) => Operation::AgentsDelete(id),
            ("groups/index", None) => Operation::GroupsIndex,
            ("groups/add", None) => Operation::GroupsAdd,
            ("groups/delete", Some(id)) => Operation::GroupsDelete(id),
            ("numbers/index", None) => Operation::NumbersIndex,
            ("numbers/edit", Some(id)) => Operation::NumbersEdit(id),
            ("numbers/clear", Some(id)) => Operation::NumbersClear(id),
            ("tags/index", None) => Operation::TagsIndex,
            ("tags/add", None) => Operation::TagsAdd,
            ("tags/edit", Some(id)) => Operation::TagsEdit(id),
            ("tags/delete", Some(id)) => Operation::TagsDelete(id),
            ("countries/index", None) => Operation::CountriesIndex,
            ("statistics/realtime/groups", None) => Operation::GroupStatistics,
            ("calls/index", None) => Operation::CallsIndex,
            _ => return None,
        })
    }

    /// Its method: PUT creates, POST edits.
    pub(super) fn method(self) -> Method {
        match self {
            Operation::AgentsAdd | Operation::GroupsAdd | Operation::TagsAdd => Method::PUT,
            Operation::AgentsEdit(_) | Operation::NumbersEdit(_) | Operation::TagsEdit(_) => {
                Method::POST
            }
            Operation::AgentsDelete(_)
            | Operation::GroupsDelete(_)
            | Operation::NumbersClear(_)
            | Operation::TagsDelete(_) => Method::DELETE,
            Operation::AgentsIndex
            | Operation::GroupsIndex
            | Operation::NumbersIndex
            | Operation::TagsIndex
            | Operation::CountriesIndex
            | Operation::GroupStatistics
            | Operation::CallsIndex => Method::GET,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_their_operations() {
        let table = [
            ("/api/agents/index.json", Some(Operation::AgentsIndex)),
            ("/api/agents/edit/12.json", Some(Operation::AgentsEdit(12))),
            ("/api/agents/edit/x.json", Some(Operation::AgentsEdit(0))),
            (
                "/api/groups/delete/7.json",
                Some(Operation::GroupsDelete(7)),
            ),
            (
                "/api/statistics/realtime/groups.json",
                Some(Operation::GroupStatistics),
            ),
            ("/api/agents/index", None),
            ("/api/agents/index/1.json", None),
            ("/api/agents/edit.json", None),
            ("/api/agents.json", None),
            ("/api/contacts/12345/notes.json", None),
            ("/agents/index.json", None),
            ("/", None),
        ];
        for (path, expected) in table {
            assert_eq!(Operation::at(path), expected, "{path}");
        }
    }
}
