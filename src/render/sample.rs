//! A made-up provider and plans of any size, for the tests of the renderers.

use jiff::Timestamp;

use crate::model::{
    Baseline, Confidence, FieldSpec, Fields, Key, KindSpec, Procedure, ProviderSpec, Read,
    ReadCost, ResourceId, Seat, SecretRef, Shape, Value, Way, one_request,
};
use crate::plan::{
    Action, Basis, Cost, FieldChange, Manual, MemberOf, Place, Plan, Reason, Refusal, Requests,
    Seats, Selection, Step, StepId, Summary, Task, Verification, Warning,
};

/// The made-up provider.
pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    name: "toyphone",
    title: "ToyPhone",
    facts: "1.7 of 2026-11-21",
    seats: None,
    kinds: KINDS,
};

static KINDS: &[KindSpec] = &[
    KindSpec {
        name: "user",
        plural: "users",
        about: "A person who takes calls.",
        read: Read::Yes,
        read_cost: ReadCost::ONE,
        write_cost: one_request,
        create: Way::Api,
        delete: Way::Api,
        key: "email",
        person: true,
        seat: Seat::When(has_extension),
        privileged: Some(("role", "admin")),
        leaving: &[("outbound_calls", false)],
        lost_on_delete: &["call history", "recordings"],
        by_hand_create: Procedure {
            path: &["Dashboard", "Users", "Add user"],
            lines: &["Enter the e-mail {key}", "Save"],
            caution: Some("a seat is charged at once"),
            source: "help page 1",
        },
        by_hand_update: Procedure {
            path: &["Dashboard", "Users", "{title}", "Edit"],
            lines: &["Save"],
            caution: None,
            source: "help page 2",
        },
        by_hand_delete: Procedure {
            path: &["Dashboard", "Users", "{title}"],
            lines: &["Delete"],
            caution: None,
            source: "help page 3",
        },
        fields: &[
            FieldSpec {
                unique: true,
                about: "The address that the person logs in with.",
                source: "specification 1.7",
                ..FieldSpec::readable("email", "E-mail", Shape::Text)
            },
            FieldSpec::readable("first_name", "First name", Shape::Text),
            FieldSpec {
                update: Way::Never,
                unique: true,
                about: "The internal number.",
                source: "specification 1.7",
                ..FieldSpec::readable("extension", "Extension", Shape::Integer)
            },
            FieldSpec::readable("outbound_calls", "Outbound calls", Shape::Bool),
            FieldSpec {
                read: Read::Sometimes,
                confidence: Confidence::Observed,
                ..FieldSpec::readable("daily_price_limit", "Daily limit", Shape::Integer)
            },
            FieldSpec {
                place: &["Basic settings"],
                about: "What the person may do.",
                source: "help page 2",
                baseline: Baseline::Text("agent"),
                ..FieldSpec::by_hand("role", "Role", Shape::Text)
            },
            FieldSpec {
                read: Read::No,
                create: Way::ApiAfterCreate,
                ..FieldSpec::readable("groups", "Groups", Shape::Members("group"))
            },
            FieldSpec {
                place: &["Advanced settings", "Calls"],
                ..FieldSpec::by_hand("settings.pause_recording", "Pause recording", Shape::Bool)
            },
            FieldSpec {
                read: Read::No,
                update: Way::Never,
                ..FieldSpec::readable("password", "Password", Shape::Secret)
            },
        ],
    },
    KindSpec {
        name: "group",
        plural: "groups",
        about: "People who are rung together.",
        read: Read::Yes,
        read_cost: ReadCost::ONE,
        write_cost: one_request,
        create: Way::Manual,
        delete: Way::Manual,
        key: "name",
        person: false,
        seat: Seat::Never,
        privileged: None,
        leaving: &[],
        lost_on_delete: &[],
        by_hand_create: Procedure {
            path: &["Dashboard", "Groups", "Add group"],
            lines: &[
                "Enter the name {key}",
                "Choose the strategy {strategy}",
                "Save",
            ],
            caution: None,
            source: "help page 4",
        },
        by_hand_update: Procedure::NONE,
        by_hand_delete: Procedure::NONE,
        fields: &[
            FieldSpec::readable("name", "Name", Shape::Text),
            FieldSpec::by_hand("strategy", "Ringing strategy", Shape::Text),
        ],
    },
    KindSpec {
        name: "number",
        plural: "numbers",
        about: "A telephone number.",
        read: Read::Yes,
        read_cost: ReadCost::ONE,
        write_cost: one_request,
        create: Way::Never,
        delete: Way::Never,
        key: "number",
        person: false,
        seat: Seat::Never,
        privileged: None,
        leaving: &[],
        lost_on_delete: &[],
        by_hand_create: Procedure::NONE,
        by_hand_update: Procedure::NONE,
        by_hand_delete: Procedure::NONE,
        fields: &[
            FieldSpec::readable("number", "Number", Shape::Text),
            FieldSpec {
                read: Read::No,
                ..FieldSpec::readable(
                    "route",
                    "Routing",
                    Shape::ReferenceOneOf(&["group", "user"]),
                )
            },
        ],
    },
];

fn has_extension(fields: &Fields) -> bool {
    fields.contains_key("extension")
}

/// A step under construction.
pub(crate) struct Builder(Step);

impl Builder {
    pub(crate) fn new(action: Action, kind: &str, key: &str) -> Self {
        let mut step = Step::new(action, ResourceId::new(kind, key), key);
        step.requests = u32::from(action != Action::Manual);
        Self(step)
    }

    pub(crate) fn title(mut self, title: &str) -> Self {
        title.clone_into(&mut self.0.title);
        self
    }

    pub(crate) fn field(self, path: &str, before: Option<Value>, after: Value) -> Self {
        self.field_known(path, before, after, Basis::Read)
    }

    pub(crate) fn field_known(
        mut self,
        path: &str,
        before: Option<Value>,
        after: Value,
        basis: Basis,
    ) -> Self {
        self.0.fields.push(FieldChange {
            path: path.into(),
            before,
            after: Some(after),
            basis,
        });
        self
    }

    pub(crate) fn secret(mut self, path: &str, secret: SecretRef) -> Self {
        self.0.secrets.insert(path.into(), secret.source());
        self
    }

    pub(crate) fn group(mut self, group: &str) -> Self {
        self.0.member_of = Some(MemberOf {
            field: "groups".into(),
            target: ResourceId::new("group", group),
        });
        self
    }

    pub(crate) fn at(mut self, file: &str, line: u32) -> Self {
        self.0.origin = Some(Place {
            file: file.to_owned(),
            line,
            column: 5,
        });
        self
    }

    pub(crate) fn reason(mut self, reason: Reason) -> Self {
        self.0.reason = Some(reason);
        self
    }

    pub(crate) fn blocked_by(mut self, id: &StepId) -> Self {
        self.0.blocked_by.push(id.clone());
        self
    }

    pub(crate) fn build(self) -> Step {
        self.0.seal()
    }
}

/// A manual step.
pub(crate) fn manual(number: u32, task: Task, kind: &str, key: &str) -> Builder {
    let mut builder = Builder::new(Action::Manual, kind, key);
    builder.0.manual = Some(Manual {
        number,
        task,
        verified_by: if kind == "group" {
            Verification::Read
        } else {
            Verification::Confirm
        },
    });
    builder
}

/// The e-mail address of the made-up person of this number.
pub(crate) fn email(number: u32) -> String {
    format!("person{number:04}@acme.example")
}

fn user(action: Action, number: u32) -> Builder {
    Builder::new(action, "user", &email(number))
        .title(&format!("Person {number:04}"))
        .at("users.yaml", number * 8 + 3)
}

/// A new user; `more` are fields that come on top.
pub(crate) fn create_user(number: u32, more: &[(&str, Value)]) -> Builder {
    let mut builder = user(Action::Create, number)
        .field("email", None, Value::text(email(number)))
        .field("extension", None, Value::Integer(i64::from(1000 + number)))
        .secret("password", SecretRef::Generate);
    for (path, value) in more {
        builder = builder.field(path, None, value.clone());
    }
    builder
}

/// A membership that is added, or removed.
pub(crate) fn membership(action: Action, number: u32, group: &str) -> Builder {
    user(action, number).group(group)
}

/// A plan around these steps.
pub(crate) fn plan(steps: Vec<Step>) -> Plan {
    let mut plan = Plan {
        format: crate::plan::FORMAT.to_owned(),
        tool: "0.1.0".to_owned(),
        account: "acme-eu".to_owned(),
        provider: "toyphone".to_owned(),
        folder: String::new(),
        as_of: jiff::civil::date(2026, 11, 21),
        manifest_digest: "sha256:aa".to_owned(),
        live_fingerprint: "sha256:bb".to_owned(),
        created_at: Timestamp::UNIX_EPOCH,
        expires_at: Timestamp::UNIX_EPOCH,
        summary: Summary::of(&steps, 0),
        requests: Requests {
            read: 3,
            write: steps.iter().map(|step| u64::from(step.requests)).sum(),
            verify: 3,
        },
        eta_seconds: 6 + steps.len() as u64,
        seats: None,
        steps,
        warnings: Vec::new(),
        refusals: Vec::new(),
        allowances: std::collections::BTreeMap::new(),
        selection: Selection::default(),
        observed: std::collections::BTreeMap::new(),
        seal: String::new(),
        hash: String::new(),
    };
    plan.hash = plan.compute_hash();
    plan
}

/// One of everything: a joiner, a change, a move, a replacement, a leaver, a number, two manual steps, one of which blocks.
pub(crate) fn small() -> Plan {
    let new_group = manual(1, Task::Create, "group", "VIP")
        .field("strategy", None, Value::text("ringall"))
        .at("groups.yaml", 4)
        .build();
    let role = manual(2, Task::Update, "user", &email(2))
        .title("Person 0002")
        .field_known(
            "role",
            Some(Value::text("agent")),
            Value::text("supervisor"),
            Basis::Default,
        )
        .field("settings.pause_recording", None, Value::Bool(true))
        .at("users.yaml", 20)
        .build();
    let steps = vec![
        create_user(1, &[("first_name", Value::text("Ada"))]).build(),
        membership(Action::AddMember, 1, "Sales EU").build(),
        membership(Action::AddMember, 1, "Support").build(),
        membership(Action::AddMember, 1, "VIP")
            .blocked_by(&new_group.id)
            .build(),
        user(Action::Update, 2)
            .field(
                "daily_price_limit",
                Some(Value::Integer(20)),
                Value::Integer(40),
            )
            .field(
                "outbound_calls",
                Some(Value::Bool(false)),
                Value::Bool(true),
            )
            .build(),
        membership(Action::AddMember, 2, "Sales EU")
            .reason(Reason::CountMismatch {
                counted: 3,
                expected: 4,
            })
            .build(),
        membership(Action::RemoveMember, 2, "Support").build(),
        user(Action::Replace, 3)
            .field(
                "extension",
                Some(Value::Integer(1003)),
                Value::Integer(1099),
            )
            .build(),
        Builder::new(Action::Update, "number", "+421220510801")
            .title("Sales line")
            .field_known(
                "route",
                Some(Value::Map(
                    [("user".to_owned(), Value::text(email(4)))].into(),
                )),
                Value::Map([("group".to_owned(), Value::text("Sales EU"))].into()),
                Basis::Ledger,
            )
            .at("numbers.yaml", 7)
            .build(),
        user(Action::Delete, 4)
            .reason(Reason::Leaver {
                reason: "left on 2026-11-30".to_owned(),
            })
            .build(),
        new_group,
        role,
    ];
    let mut plan = plan(steps);
    plan.summary.unmanaged = 3;
    plan.seats = Some(Seats {
        purchased: Some(12),
        used: 10,
        after: 11,
        cost: Some(Cost {
            each: 2900,
            before: 34_800,
            after: 34_800,
            currency: "EUR".to_owned(),
        }),
    });
    plan.warnings = vec![Warning {
        code: "unmanaged-objects".to_owned(),
        message: "3 users are in the account and in no manifest: `old@acme.example` and 2 more"
            .to_owned(),
    }];
    plan.hash = plan.compute_hash();
    plan
}

/// As [`small`], refused by two guards.
pub(crate) fn refused() -> Plan {
    let mut plan = small();
    plan.refusals = vec![
        Refusal {
            code: "too-many-deletions".to_owned(),
            message: "2 users would be deleted, 1 is allowed".to_owned(),
            hint: "pass `--allow deletions=2` after a look at the list".to_owned(),
        },
        Refusal {
            code: "seats".to_owned(),
            message: "13 seats are needed, 12 are bought".to_owned(),
            hint: "buy 1 seat, or take 1 user out".to_owned(),
        },
    ];
    plan.seats = Some(Seats {
        purchased: Some(12),
        used: 10,
        after: 13,
        cost: None,
    });
    plan
}

/// A plan of this many changed people: most join a group, some are new, a few differ.
pub(crate) fn large(people: u32) -> Plan {
    let mut steps = Vec::new();
    for number in 0..people {
        match number % 10 {
            0..=5 => steps.push(membership(Action::AddMember, number, "Sales EU").build()),
            6 | 7 => {
                steps.push(
                    create_user(number, &[("daily_price_limit", Value::Integer(20))]).build(),
                );
                steps.push(membership(Action::AddMember, number, "Support").build());
            }
            8 => steps.push(
                user(Action::Update, number)
                    .field(
                        "daily_price_limit",
                        Some(Value::Integer(i64::from(number % 3) * 10)),
                        Value::Integer(40),
                    )
                    .build(),
            ),
            _ => steps.push(
                user(Action::Delete, number)
                    .reason(Reason::Leaver {
                        reason: "left on 2026-11-30".to_owned(),
                    })
                    .build(),
            ),
        }
    }
    for number in 0..people / 10 {
        steps.push(
            manual(number + 1, Task::Update, "user", &email(number * 10 + 6))
                .field_known(
                    "role",
                    None,
                    Value::text(if number % 2 == 0 {
                        "supervisor"
                    } else {
                        "admin"
                    }),
                    Basis::Unknown,
                )
                .build(),
        );
    }
    let mut plan = plan(steps);
    plan.seats = Some(Seats {
        purchased: Some(people),
        used: people / 2,
        after: people / 2 + people / 10,
        cost: None,
    });
    plan.hash = plan.compute_hash();
    plan
}

/// Names that try to break out of whatever they are shown in.
pub(crate) const HOSTILE: &[&str] = &[
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m",
    "txt\u{202e}exe\u{2066}\u{200b}\u{feff}",
    "line\nbreak\r\n# Heading\n- [x] done\n\n| a | b |\n|--|--|",
    "`code` | pipe ``` fence",
    "@acme/team #123 acme/repo#4 https://evil.example/ www.evil.example",
    "</details></td></table><script>alert(1)</script><img src=x onerror=alert(1)>",
    "<!-- comment --> ]]> </style></script>",
    "[link](javascript:alert(1)) ![img](https://evil.example/x.png)",
    "\" onmouseover=\"alert(1)",
    "{key} {title} {extension} {{x}}",
    "\\",
    " ",
];

/// A plan in which every name is hostile.
pub(crate) fn hostile() -> Plan {
    let mut steps = Vec::new();
    let long = "ä@".repeat(400);
    let names: Vec<&str> = HOSTILE.iter().copied().chain([long.as_str()]).collect();
    for (index, name) in names.iter().enumerate() {
        let number = u32::try_from(index).unwrap_or(0) + 1;
        let by_hand = manual(number, Task::Create, "group", name)
            .title(name)
            .field("strategy", None, Value::text(*name))
            .at(name, 1)
            .build();
        steps.push(
            Builder::new(Action::Create, "user", name)
                .title(name)
                .field("first_name", None, Value::text(*name))
                .field(name, None, Value::set([*name, "b"]))
                .secret("password", SecretRef::Env((*name).to_owned()))
                .at(name, number)
                .reason(Reason::Moved {
                    from: Key::from(*name),
                })
                .build(),
        );
        steps.push(
            Builder::new(Action::AddMember, "user", name)
                .title(name)
                .group(name)
                .blocked_by(&by_hand.id)
                .reason(Reason::Leaver {
                    reason: (*name).to_owned(),
                })
                .build(),
        );
        steps.push(
            Builder::new(Action::Update, name, name)
                .field(name, Some(Value::text(*name)), Value::text("x"))
                .build(),
        );
        steps.push(by_hand);
    }
    let mut plan = plan(steps);
    plan.account = HOSTILE[5].to_owned();
    plan.selection.only = vec![HOSTILE[2].to_owned()];
    plan.allowances.insert(HOSTILE[4].to_owned(), 3);
    for name in names {
        plan.warnings.push(Warning {
            code: name.to_owned(),
            message: format!("user `{name}` is {name}"),
        });
        plan.refusals.push(Refusal {
            code: name.to_owned(),
            message: format!("user `{name}` is {name}"),
            hint: format!("see {name}"),
        });
    }
    plan.seats = Some(Seats {
        purchased: Some(1),
        used: 1,
        after: 2,
        cost: Some(Cost {
            each: 1,
            before: 1,
            after: 2,
            currency: HOSTILE[0].to_owned(),
        }),
    });
    plan
}
