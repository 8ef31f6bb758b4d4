//! Makes a plan.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::diff;
use crate::ledger::LedgerState;
use crate::model::{
    Desired, FieldName, Kind, Live, ProviderSpec, Read, ResourceId, Scope, Shape, State, Unmanaged,
    Way,
};

use super::document::{Cost, FORMAT, Plan, Refusal, Requests, Seats, Selection, Summary, Warning};
use super::step::Place;
use super::{
    Action, Step, build, fingerprint, guard, hint, order, pending, seating, select, simulate,
};

/// All that a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// What the manifests declare.
    pub desired: &'a Desired,
    /// What was read.
    pub live: &'a Live,
    /// What is remembered.
    pub ledger: &'a LedgerState,
    /// What the API can do.
    pub spec: &'static ProviderSpec,
    /// The day that dates are compared with.
    pub as_of: Date,
    /// The time, for creation and expiry only.
    pub now: Timestamp,
    /// Allowances, such as `deletions: 3`.
    pub allowances: &'a BTreeMap<String, u64>,
    /// What to cut the plan down to.
    pub selection: &'a Selection,
    /// The most requests that applying may cost.
    pub max_requests: Option<u64>,
    /// Whether the plan holds a digest of each live field in scope, so that what moved can be named when it is stale.
    pub keep_observed: bool,
}

/// How long a saved plan may be applied, in seconds.
const EXPIRY_SECONDS: i64 = 24 * 60 * 60;

/// What must be read to make a plan: the kinds that the manifests manage, and those that their fields refer to.
pub fn scope(spec: &ProviderSpec, desired: &Desired) -> Scope {
    let mut scope = Scope::default();
    for kind in spec.kinds {
        let declared = desired.resources.get(kind.name);
        let policy = desired.policy.unmanaged.contains_key(kind.name);
        if (declared.is_some() || policy) && kind.read != Read::No {
            scope.kinds.insert(kind.kind());
        }
        for resource in declared.into_iter().flat_map(|list| list.values()) {
            for (name, value) in &resource.fields {
                let Some(field) = kind.field(name) else {
                    continue;
                };
                let referred = field.shape.references(value);
                for target in &referred {
                    if spec
                        .kind(&target.kind)
                        .is_some_and(|kind| kind.read != Read::No)
                    {
                        scope.kinds.insert(target.kind.clone());
                    }
                }
                // Also for an empty set: what is to be left is seen only in the objects that are left.
                if let Shape::Members(target) = field.shape {
                    scope.member_counts |= field.read == Read::No;
                    scope.kinds.insert(Kind::from_static(target));
                }
            }
            // A leaver is taken out of what the ledger knows, whatever the manifest still says.
            let leaves = resource.ends_on.is_some() || resource.state != State::Present;
            if leaves && desired.policy.grace_days > 0 {
                for field in kind.fields {
                    if let Shape::Members(target) = field.shape
                        && spec
                            .kind(&Kind::from_static(target))
                            .is_some_and(|kind| kind.read != Read::No)
                    {
                        scope.kinds.insert(Kind::from_static(target));
                    }
                }
            }
        }
    }
    scope
}

/// Makes a plan. Pure: equal input gives an equal plan.
pub fn plan(input: &Input<'_>) -> Plan {
    let compared = diff::Input {
        desired: input.desired,
        live: input.live,
        ledger: input.ledger,
        spec: input.spec,
        as_of: input.as_of,
    };
    let found = diff::diff(&compared);
    let mut builder = build::Builder::new(&compared, &found);
    builder.build(&found);
    let build::Builder {
        mut drafts,
        mut refusals,
        ..
    } = builder;
    order::connect(&compared, &mut drafts, &mut refusals);
    let (drafts, cut) = select::select(drafts, input.selection);
    let steps = order::arrange(input.spec, drafts, &mut refusals);
    guard::look(&compared, &found, &steps, input.allowances, &mut refusals);
    let mut after = None;
    if steps.iter().any(Step::is_sent) {
        let simulated = simulate::simulate_from(&compared, &found, &steps, &mut refusals);
        for left in simulate::left_over(&compared, &simulated, &steps, &cut) {
            refusals.push(Refusal {
                code: "not-converging".into(),
                message: format!("{left} would still differ after this plan"),
                hint: "this is a defect of the tool: please report it with the plan".into(),
            });
        }
        after = Some(simulated);
    }
    let requests = requests(input, after.as_ref().map(|after| &after.live), &steps);
    if let Some(most) = input.max_requests
        && requests.total() > most
    {
        refusals.push(Refusal {
            code: "too-many-requests".into(),
            message: format!(
                "applying costs {}, at most {most} {} asked for",
                match requests.total() {
                    1 => "1 request".to_owned(),
                    total => format!("{total} requests"),
                },
                if most == 1 { "was" } else { "were" }
            ),
            hint: "raise `--max-requests`, or cut the plan down with `--only`".into(),
        });
    }
    refusals.sort();
    refusals.dedup();
    let unmanaged = counted_unmanaged(input.desired, &found);
    let mut plan = Plan {
        format: FORMAT.to_owned(),
        tool: concat!("seatwright ", env!("CARGO_PKG_VERSION")).to_owned(),
        account: input.desired.account.clone(),
        provider: input.desired.provider.clone(),
        folder: String::new(),
        as_of: input.as_of,
        manifest_digest: input.desired.digest.clone(),
        live_fingerprint: fingerprint::fingerprint(&compared, &found),
        created_at: input.now,
        expires_at: input
            .now
            .checked_add(jiff::SignedDuration::from_secs(EXPIRY_SECONDS))
            .unwrap_or(input.now),
        summary: Summary::of(&steps, unmanaged),
        eta_seconds: eta(input, requests),
        requests,
        seats: seats(input, &compared, &steps),
        warnings: warnings(&compared, &found),
        steps,
        refusals,
        allowances: input.allowances.clone(),
        selection: input.selection.clone(),
        observed: fingerprint::Observed::new(),
        hash: String::new(),
        seal: String::new(),
    };
    plan.hash = plan.compute_hash();
    // The hash leaves it out; put in last, it is not copied for the hash.
    if input.keep_observed {
        plan.observed = fingerprint::observe(&compared, &found);
    }
    plan
}

/// Fills in where steps come from, by asking for the place of a resource's field.
pub fn place_origins(
    plan: &mut Plan,
    place: &dyn Fn(&ResourceId, Option<&FieldName>) -> Option<Place>,
) {
    for step in &mut plan.steps {
        let field = match step.action {
            Action::AddMember | Action::RemoveMember | Action::Update | Action::Replace => {
                step.fields.first().map(|change| change.path.clone())
            }
            Action::Create | Action::Delete | Action::Manual => None,
        };
        step.origin = place(&step.resource(), field.as_ref());
    }
}

fn requests(input: &Input<'_>, after: Option<&Live>, steps: &[Step]) -> Requests {
    let scope = scope(input.spec, input.desired);
    let cost = |live: &Live| -> u64 {
        scope
            .kinds
            .iter()
            .filter_map(|kind| {
                let spec = input.spec.kind(kind)?;
                let objects = live
                    .kinds
                    .get(kind)
                    .map_or(0, |found| found.resources.len());
                Some(spec.read_cost.requests(objects as u64, scope.member_counts))
            })
            .sum()
    };
    Requests {
        read: cost(input.live) + input.live.beside,
        write: steps
            .iter()
            .filter(|step| step.is_sent())
            .map(|step| u64::from(step.requests))
            .sum(),
        verify: after.map_or(0, cost),
    }
}

fn eta(input: &Input<'_>, requests: Requests) -> u64 {
    let rate = input.desired.policy.rate;
    let usable = u64::from(rate.requests) * u64::from(100 - rate.reserve_percent.min(90)) / 100;
    (requests.total() * u64::from(rate.per_seconds)).div_ceil(usable.max(1))
}

fn seats(input: &Input<'_>, compared: &diff::Input<'_>, steps: &[Step]) -> Option<Seats> {
    let kinds = input.spec.kinds;
    if !kinds
        .iter()
        .any(|kind| !matches!(kind.seat, crate::model::Seat::Never))
    {
        return None;
    }
    let used = seating::used(compared);
    let taken: i64 = steps
        .iter()
        .map(|step| seating::change(compared, step))
        .sum();
    let after = used as i64 + taken;
    let purchased = input.desired.seats;
    let before = seating::remembered(compared).or(purchased);
    let cost = match (&input.desired.seat_price, purchased) {
        (Some((each, currency)), Some(purchased)) => Some(Cost {
            each: *each,
            before: each * u64::from(before.unwrap_or(purchased)),
            after: each * u64::from(purchased),
            currency: currency.clone(),
        }),
        (Some(_), None) | (None, _) => None,
    };
    Some(Seats {
        purchased,
        used: u32::try_from(used).unwrap_or(u32::MAX),
        after: u32::try_from(after.max(0)).unwrap_or(u32::MAX),
        cost,
    })
}

fn counted_unmanaged(desired: &Desired, found: &diff::Diff<'_>) -> u32 {
    let policy = &desired.policy.unmanaged;
    let listed = found.unmanaged.iter().map(|live| &live.id.kind);
    let remembered = found.unnamed.iter().map(|id| &id.kind);
    let counted = listed
        .chain(remembered)
        .filter(|kind| policy.get(*kind).copied().unwrap_or_default() != Unmanaged::Ignore)
        .count();
    u32::try_from(counted).unwrap_or(u32::MAX)
}

fn warnings(input: &diff::Input<'_>, found: &diff::Diff<'_>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for spec in input.spec.kinds {
        let listed_ids = found.unmanaged.iter().map(|live| &live.id);
        let names: Vec<&str> = listed_ids
            .chain(found.unnamed.iter().copied())
            .filter(|id| id.kind == spec.name)
            .map(|id| id.key.as_str())
            .collect();
        if names.is_empty() || input.desired.unmanaged_policy(&spec.kind()) != Unmanaged::Warn {
            continue;
        }
        let spared = input.desired.policy.unmanaged.get(spec.name) == Some(&Unmanaged::Delete);
        let note = match spared {
            true => "; nothing is deleted, since no manifest has the key",
            false => "",
        };
        warnings.push(Warning {
            code: "unmanaged".into(),
            message: format!(
                "{} that no manifest names: {}{note}",
                counted(names.len(), spec),
                listed(&names)
            ),
        });
    }
    for (id, doubt) in &found.doubts {
        warnings.push(Warning {
            code: "member-count-mismatch".into(),
            message: format!(
                "{id} has {}, {} expected: somebody left behind our back; the known memberships are asserted again",
                match doubt.counted {
                    1 => "1 member".to_owned(),
                    several => format!("{several} members"),
                },
                match doubt.expected {
                    1 => "1 was".to_owned(),
                    several => format!("{several} were"),
                }
            ),
        });
    }
    for id in &input.ledger.protected {
        if input.desired.resources.contains_key(&id.kind)
            && input.desired.get(id).is_none()
            && input.live.get(id).is_some()
        {
            warnings.push(Warning {
                code: "protected-not-declared".into(),
                message: format!("{id} is protected, and no manifest names it any more"),
            });
        }
    }
    warnings.extend(untold(input));
    warnings.extend(unverifiable(input));
    warnings.extend(inventory(input));
    warnings.extend(hint::warnings(input));
    warnings.extend(pending::warnings(input));
    warnings.sort();
    warnings
}

/// Create-only fields that should be readable, and were not told of an object that is there: nothing is concluded from that.
fn untold(input: &diff::Input<'_>) -> Vec<Warning> {
    let mut untold: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for declared in input.desired.iter() {
        let (Some(spec), Some(live)) = (
            input.spec.kind(&declared.id.kind),
            input.live.get(&declared.id),
        ) else {
            continue;
        };
        let fixed = spec.fields.iter().filter(|field| {
            field.update == Way::Never && field.read == Read::Yes && field.name != spec.key
        });
        for field in fixed {
            let wanted = declared.fields.get(field.name);
            if wanted.is_some_and(|value| value.pool().is_none())
                && !live.fields.contains_key(field.name)
            {
                let keys = untold.entry((field.name, spec.plural)).or_default();
                keys.push(declared.id.key.as_str());
            }
        }
    }
    let warning = |((field, plural), keys): ((&str, &str), Vec<&str>)| Warning {
        code: "untold".into(),
        message: format!(
            "the account does not tell the `{field}` of these {plural}, which cannot be changed; it is taken to be as declared: {}",
            listed(&keys)
        ),
    };
    untold.into_iter().map(warning).collect()
}

/// What is taken to be in sync only because the ledger says so.
fn unverifiable(input: &diff::Input<'_>) -> Option<Warning> {
    let mut memberships = 0_usize;
    let mut fields = 0_usize;
    let mut oldest: Option<Timestamp> = None;
    let mut since = |at: Timestamp| oldest = Some(oldest.map_or(at, |known| known.min(at)));
    for declared in input.desired.iter() {
        let Some(spec) = input.spec.kind(&declared.id.kind) else {
            continue;
        };
        if spec.read == Read::No {
            continue;
        }
        for (name, value) in &declared.fields {
            let Some(field) = spec.field(name).filter(|field| field.read == Read::No) else {
                continue;
            };
            if let Shape::Members(_) = field.shape {
                let Some(known) = input.ledger.memberships(&declared.id, name.as_str()) else {
                    continue;
                };
                for target in value.texts() {
                    if let Some(known) = known.get(target) {
                        memberships += 1;
                        since(known.at);
                    }
                }
            } else if let Some(known) = input.ledger.field(&declared.id, name.as_str()) {
                fields += 1;
                since(known.at);
            }
        }
    }
    let oldest = oldest?;
    let mut what = Vec::new();
    if memberships > 0 {
        what.push(if memberships == 1 {
            "1 membership".to_owned()
        } else {
            format!("{memberships} memberships")
        });
    }
    if fields > 0 {
        what.push(if fields == 1 {
            "1 other value".to_owned()
        } else {
            format!("{fields} other values")
        });
    }
    let day = oldest.to_zoned(jiff::tz::TimeZone::UTC).date();
    Some(Warning {
        code: "unverifiable".into(),
        message: format!(
            "{} cannot be read back; the ledger's word is taken for {}, unverifiable since {day}",
            what.join(" and "),
            if memberships + fields == 1 {
                "it"
            } else {
                "them"
            }
        ),
    })
}

/// What is taken to be there only because operators confirmed it: objects of kinds that cannot be listed.
fn inventory(input: &diff::Input<'_>) -> Option<Warning> {
    let mut what = Vec::new();
    let mut oldest: Option<Timestamp> = None;
    for spec in input.spec.kinds {
        // Of what is always there, nothing has to be listed.
        if spec.read != Read::No || spec.create == Way::Never {
            continue;
        }
        let known = input.ledger.fields.iter();
        let known: Vec<_> = known.filter(|(id, _)| id.kind == spec.name).collect();
        let times = known.iter().flat_map(|(_, fields)| fields.values());
        oldest = times.map(|it| it.at).chain(oldest).min();
        if !known.is_empty() {
            what.push(counted(known.len(), spec));
        }
    }
    let day = oldest?.to_zoned(jiff::tz::TimeZone::UTC).date();
    Some(Warning {
        code: "unverifiable".into(),
        message: format!(
            "{} cannot be listed: they are taken from the inventory of confirmed steps, unverifiable since {day}",
            what.join(", ")
        ),
    })
}

fn counted(count: usize, spec: &crate::model::KindSpec) -> String {
    let noun = if count == 1 { spec.name } else { spec.plural };
    format!("{count} {noun}")
}

fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 5;
    let mut text = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}
