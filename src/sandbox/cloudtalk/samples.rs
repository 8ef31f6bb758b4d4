//! Seeds that are ready to use.

use std::collections::BTreeSet;

use super::account::{Role, RouteKind};
use super::quirks::Quirks;
use super::seed::{Seed, SeedAgent, SeedNumber};

impl Seed {
    /// A small account as one would find it: four roles, three groups, four numbers, two seats free.
    pub fn demo() -> Self {
        let agent = |email: &str, first: &str, last: &str, extension: u16| SeedAgent {
            extension: Some(extension),
            calls: 3,
            ..SeedAgent::new(&format!("{email}@acme.example"), first, last)
        };
        let sales = |seller: SeedAgent| SeedAgent {
            groups: vec!["Sales EU".to_owned()],
            default_number: Some("+421220510801".to_owned()),
            daily_price_limit: Some(20),
            ..seller
        };
        let support = |helper: SeedAgent| SeedAgent {
            groups: vec!["Support".to_owned()],
            default_number: Some("+442045770101".to_owned()),
            ..helper
        };
        let number = |e164: &str, name: &str, kind, source: Option<&str>| SeedNumber {
            e164: e164.to_owned(),
            name: name.to_owned(),
            connected_to: kind,
            source: source.map(str::to_owned),
        };
        let mut grace = sales(agent("grace", "Grace", "Hopper", 1002));
        grace.groups.push("VIP".to_owned());
        Seed {
            seats: Some(12),
            rate: Some(60),
            groups: ["Sales EU", "Support", "VIP"].map(str::to_owned).to_vec(),
            numbers: vec![
                number(
                    "+421220510801",
                    "Sales line",
                    Some(RouteKind::Group),
                    Some("Sales EU"),
                ),
                number(
                    "+442045770101",
                    "Support line",
                    Some(RouteKind::Group),
                    Some("Support"),
                ),
                number(
                    "+421220510802",
                    "Front desk",
                    Some(RouteKind::Agent),
                    Some("mary@acme.example"),
                ),
                number("+4930220510803", "Spare", None, None),
            ],
            agents: vec![
                SeedAgent {
                    role: Role::Admin,
                    ..agent("mary", "Mary", "Jackson", 1100)
                },
                SeedAgent {
                    role: Role::Supervisor,
                    ..agent("annie", "Annie", "Easley", 1101)
                },
                SeedAgent {
                    role: Role::Analyst,
                    calls: 0,
                    ..agent("edith", "Edith", "Clarke", 1102)
                },
                sales(agent("ada", "Ada", "Lovelace", 1001)),
                grace,
                sales(agent("hedy", "Hedy", "Lamarr", 1003)),
                support(agent("katherine", "Katherine", "Johnson", 1201)),
                support(agent("radia", "Radia", "Perlman", 1202)),
                support(agent("barbara", "Barbara", "Liskov", 1203)),
                SeedAgent {
                    status_outbound: false,
                    ..support(agent("leaver", "Lee", "Vere", 1204))
                },
            ],
            tags: ["Callback", "Complaint"].map(str::to_owned).to_vec(),
            taken_emails: vec!["elsewhere@acme.example".to_owned()],
            quirks: Quirks::default(),
        }
    }

    /// A large account, the same every time: seats and rate unlimited, every user in up to two groups.
    ///
    /// The first 9000 users have extensions from 1000 up; there are no more.
    pub fn generated(users: usize, groups: usize, numbers: usize) -> Self {
        const FIRST: [&str; 8] = [
            "Ada",
            "Grace",
            "Hedy",
            "Radia",
            "Edith",
            "Mary",
            "Annie",
            "Katherine",
        ];
        const LAST: [&str; 7] = [
            "Lovelace", "Hopper", "Lamarr", "Perlman", "Clarke", "Jackson", "Easley",
        ];
        let group = |index: usize| format!("Group {:04}", index % groups.max(1) + 1);
        let number = |index: usize| format!("+4212{:08}", index % numbers.max(1) + 1);
        let agent = |index: usize| {
            let email = format!("user{:05}@generated.example", index + 1);
            let mut own = BTreeSet::new();
            if groups > 0 {
                own.extend([group(index), group(index.wrapping_mul(7) + 3)]);
            }
            SeedAgent {
                extension: u16::try_from(index + 1000)
                    .ok()
                    .filter(|extension| *extension <= 9999),
                role: if index == 0 { Role::Admin } else { Role::Agent },
                groups: own.into_iter().collect(),
                status_outbound: index % 5 != 4,
                daily_price_limit: index.is_multiple_of(3).then_some(20),
                default_number: (numbers > 0 && index.is_multiple_of(2)).then(|| number(index)),
                ..SeedAgent::new(&email, FIRST[index % FIRST.len()], LAST[index % LAST.len()])
            }
        };
        Seed {
            groups: (0..groups).map(group).collect(),
            numbers: (0..numbers)
                .map(|index| SeedNumber {
                    e164: number(index),
                    name: format!("Line {:04}", index + 1),
                    connected_to: (groups > 0 && index % 4 != 3).then_some(RouteKind::Group),
                    source: (groups > 0 && index % 4 != 3).then(|| group(index)),
                })
                .collect(),
            agents: (0..users).map(agent).collect(),
            ..Seed::default()
        }
    }
}
