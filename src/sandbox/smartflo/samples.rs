//! Seeds that are ready to use.

use super::seed::{Seed, SeedUser};

impl Seed {
    /// A small account as one would find it: four roles, one of which nobody holds, and seven users.
    pub fn demo() -> Self {
        let agent = |login: &str, name: &str, number: u32, departments: &[&str]| SeedUser {
            extension: true,
            designation: Some("Tele caller".to_owned()),
            departments: departments.iter().map(|name| (*name).to_owned()).collect(),
            caller_ids: vec!["+918065000001".to_owned()],
            agent_groups: vec!["Inbound".to_owned()],
            time_group: Some("Office hours".to_owned()),
            ..SeedUser::new(login, name, &format!("+9198765{number:05}"), "Agent")
        };
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        Seed {
            roles: texts(&["Admin", "Agent", "Supervisor", "Auditor"]),
            agent_groups: texts(&["Inbound", "Outbound"]),
            departments: texts(&["Sales", "Support", "Escalations"]),
            time_groups: texts(&["Office hours", "Always"]),
            numbers: texts(&["+918065000001", "+918065000002", "+918065000003"]),
            users: vec![
                SeedUser {
                    agent: false,
                    designation: Some("Owner".to_owned()),
                    ..SeedUser::new("mary.jackson", "Mary Jackson", "+919876500001", "Admin")
                },
                SeedUser {
                    login_based_calling: true,
                    ..SeedUser::new(
                        "annie.easley",
                        "Annie Easley",
                        "+919876500002",
                        "Supervisor",
                    )
                },
                agent("grace.hopper", "Grace Hopper", 3, &["Sales"]),
                agent("hedy.lamarr", "Hedy Lamarr", 4, &["Sales", "Escalations"]),
                agent("radia.perlman", "Radia Perlman", 5, &["Support"]),
                agent("edith.clarke", "Edith Clarke", 6, &["Support"]),
                SeedUser {
                    web_login_blocked: true,
                    ..agent("lee.vere", "Lee Vere", 7, &["Support"])
                },
            ],
            free_agents: texts(&["+919876500099"]),
            ..Seed::default()
        }
    }

    /// A large account, the same every time: unlimited rate, every user in one or two departments.
    pub fn generated(users: usize, departments: usize, numbers: usize) -> Self {
        let department = |index: usize| format!("Department {:03}", index % departments.max(1) + 1);
        let number = |index: usize| format!("+9180{:08}", index % numbers.max(1) + 1);
        let user = |index: usize| {
            let mut own = Vec::new();
            if departments > 0 {
                own = vec![department(index), department(index.wrapping_mul(7) + 3)];
                own.dedup();
            }
            let login = format!("user{:05}", index + 1);
            SeedUser {
                extension: index.is_multiple_of(2),
                agent: index > 0,
                departments: own,
                caller_ids: (numbers > 0).then(|| number(index)).into_iter().collect(),
                ..SeedUser::new(
                    &login,
                    &format!("User {:05}", index + 1),
                    &format!("+9199{:08}", index + 1),
                    if index == 0 { "Admin" } else { "Agent" },
                )
            }
        };
        Seed {
            rate: None,
            roles: ["Admin", "Agent", "Supervisor"].map(str::to_owned).to_vec(),
            agent_groups: ["Inbound", "Outbound"].map(str::to_owned).to_vec(),
            departments: (0..departments).map(department).collect(),
            time_groups: vec!["Office hours".to_owned()],
            numbers: (0..numbers).map(number).collect(),
            users: (0..users).map(user).collect(),
            ..Seed::default()
        }
    }
}
