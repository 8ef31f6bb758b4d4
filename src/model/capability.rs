//! The capability table: what a provider's API can do with each kind and field, as data.

use super::{FieldName, Fields, Kind, ResourceId, Value};

/// Everything that the engine knows about a provider.
#[derive(Debug)]
pub struct ProviderSpec {
    /// The name in manifests, such as `cloudtalk`.
    pub name: &'static str,
    /// The vendor's name for people.
    pub title: &'static str,
    /// The version of the facts that the table was made from, shown by `explain`.
    pub facts: &'static str,
    /// The kind and field that hold the number of bought seats, where there are seats.
    pub seats: Option<(&'static str, &'static str)>,
    /// The kinds, in the order in which they are shown.
    pub kinds: &'static [KindSpec],
}

/// What the API can do with one kind of resource.
#[derive(Debug)]
pub struct KindSpec {
    /// The name in plans, such as `user`.
    pub name: &'static str,
    /// The name of several, such as `users`, which is also the manifest's list.
    pub plural: &'static str,
    /// One sentence for people.
    pub about: &'static str,
    /// Whether objects can be listed. When they cannot, the ledger is the inventory.
    pub read: Read,
    /// What listing them costs.
    pub read_cost: ReadCost,
    /// What writing them costs.
    pub write_cost: fn(WriteKind, &Fields) -> u32,
    /// How an object comes into being.
    pub create: Way,
    /// How an object goes away.
    pub delete: Way,
    /// The field that is the natural key, such as `email`; it can be changed when its own `update` allows.
    pub key: &'static str,
    /// Whether the kind stands for people: plans are shown by person.
    pub person: bool,
    /// Which objects take a seat.
    pub seat: Seat,
    /// The field and value that make an object privileged, for the guard on administrators.
    pub privileged: Option<(&'static str, &'static str)>,
    /// Fields, with values, that switch an object off before it is deleted.
    pub leaving: &'static [(&'static str, bool)],
    /// What is lost for good when an object is deleted.
    pub lost_on_delete: &'static [&'static str],
    /// How a person creates one by hand.
    pub by_hand_create: Procedure,
    /// How a person changes one by hand.
    pub by_hand_update: Procedure,
    /// How a person deletes one by hand.
    pub by_hand_delete: Procedure,
    /// The fields, in the order in which they are shown.
    pub fields: &'static [FieldSpec],
}

/// Which objects of a kind take a seat.
#[derive(Clone, Copy, Debug)]
pub enum Seat {
    /// None does.
    Never,
    /// Each does.
    Always,
    /// Those whose fields say so.
    When(fn(&Fields) -> bool),
}

impl Seat {
    /// Whether an object with these fields takes a seat.
    pub fn taken_by(self, fields: &Fields) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::When(decide) => decide(fields),
        }
    }
}

/// How many requests a list of the kind takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadCost {
    /// Rows in one answer; `None` when one answer holds them all.
    pub rows_per_request: Option<u32>,
    /// Further requests for each object.
    pub each: u32,
    /// Further requests when members are to be counted.
    pub member_counts: u32,
}

impl ReadCost {
    /// One answer holds them all.
    pub const ONE: ReadCost = ReadCost {
        rows_per_request: None,
        each: 0,
        member_counts: 0,
    };
    /// Nothing can be asked.
    pub const NOTHING: ReadCost = ReadCost {
        rows_per_request: Some(0),
        each: 0,
        member_counts: 0,
    };

    /// The requests that it takes to read this many objects.
    pub fn requests(self, objects: u64, member_counts: bool) -> u64 {
        let lists = match self.rows_per_request {
            None => 1,
            Some(0) => 0,
            Some(rows) => objects.div_ceil(u64::from(rows)).max(1),
        };
        let counts = if member_counts { self.member_counts } else { 0 };
        lists + u64::from(self.each) * objects + u64::from(counts)
    }
}

/// A kind of write, to ask for its cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteKind {
    /// A create.
    Create,
    /// An update of these fields.
    Update,
    /// A delete.
    Delete,
    /// A membership added or removed.
    Member,
}

/// The cost of a kind each of whose writes is one request.
pub fn one_request(_: WriteKind, _: &Fields) -> u32 {
    1
}

/// What a person does by hand: where to click, and what then.
///
/// Lines may hold `{key}`, `{title}` and `{FIELD}`, which are filled in when the procedure is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// The click path, from the dashboard's first page.
    pub path: &'static [&'static str],
    /// What to do there, line by line.
    pub lines: &'static [&'static str],
    /// What must be known before: money spent at once, an effect that comes later, a thing that cannot be undone.
    pub caution: Option<&'static str>,
    /// Where the facts come from.
    pub source: &'static str,
}

impl Procedure {
    /// The procedure of a kind that nobody can do by hand.
    pub const NONE: Procedure = Procedure {
        path: &[],
        lines: &[],
        caution: None,
        source: "",
    };
}

/// A page of the dashboard that changes one field of an object.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The object's own form does not have the field: its change is a step of its own.
    ///
    /// When it does, the page serves for a change of nothing else.
    pub apart: bool,
    /// What to do there, by the value before, as far as it is known, and the value after.
    pub procedure: fn(Option<&Value>, Option<&Value>) -> &'static Procedure,
}

/// What the API can do with one field.
#[derive(Debug)]
pub struct FieldSpec {
    /// The path in manifests and plans.
    pub name: &'static str,
    /// The vendor's own label, as the dashboard shows it.
    pub label: &'static str,
    /// One sentence for people.
    pub about: &'static str,
    /// What the value looks like and refers to.
    pub shape: Shape,
    /// Whether the live value can be read.
    pub read: Read,
    /// How the value is set on a new object.
    pub create: Way,
    /// How the value is changed on an existing object.
    pub update: Way,
    /// What is taken to be the live value when it cannot be read and the ledger is silent.
    pub baseline: Baseline,
    /// Fields that the service sets anew when this one changes: declared ones are then set again in the same step.
    pub resets: &'static [&'static str],
    /// Fields that mean nothing without this one: they are written in the same request, and wait when this one waits.
    pub carries: &'static [&'static str],
    /// A new object cannot be made without a value.
    pub required: bool,
    /// No two objects of the kind may share a value.
    pub unique: bool,
    /// Where a person finds the field, below the kind's own click path.
    pub place: &'static [&'static str],
    /// The page of the dashboard that changes the field, when it is not the object's own form.
    pub page: Option<Page>,
    /// Where the facts come from.
    pub source: &'static str,
    /// How sure the facts are.
    pub confidence: Confidence,
}

/// Whether something can be read through the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Read {
    /// Always.
    Yes,
    /// In some answers only: a value that is not there is unknown, not empty.
    Sometimes,
    /// Never: the ledger remembers what was written.
    No,
}

/// How something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// By the API. On a field's `create`: within the request that creates the object.
    Api,
    /// By the API, in an update that follows the create.
    ApiAfterCreate,
    /// By a person in the dashboard.
    Manual,
    /// Not at all. On a field's `update`: only a new object can have another value. On a field's `create`, beside an `update`
    /// by hand: only after the object was made, in a step of its own.
    Never,
}

/// The word that stands for every resource of a kind in a [`Shape::ReferencesOrAll`]; it is never a key.
pub const ALL: &str = "all";

/// What a field's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// On or off.
    Bool,
    /// A sorted set of texts.
    Set,
    /// Texts in an order that matters.
    Sequence,
    /// The key of a resource of this kind.
    Reference(&'static str),
    /// A sorted set of keys of this kind, written as a whole.
    References(&'static str),
    /// A set of keys of this kind, joined and left one by one: each costs a request.
    Members(&'static str),
    /// Keys of this kind in an order that matters, written as a whole.
    ReferenceSequence(&'static str),
    /// A sorted set of keys of this kind, written as a whole, or the one word [`ALL`].
    ReferencesOrAll(&'static str),
    /// One key of one of these kinds, as a map of one entry: `{group: Sales}`.
    ReferenceOneOf(&'static [&'static str]),
    /// A secret reference; compared only when the object is new.
    Secret,
}

impl Shape {
    /// The kinds that a value can refer to.
    pub fn targets(self) -> Vec<Kind> {
        match self {
            Self::Reference(kind)
            | Self::References(kind)
            | Self::Members(kind)
            | Self::ReferenceSequence(kind)
            | Self::ReferencesOrAll(kind) => vec![Kind::from_static(kind)],
            Self::ReferenceOneOf(kinds) => kinds.iter().map(|k| Kind::from_static(k)).collect(),
            Self::Text | Self::Integer | Self::Bool | Self::Set | Self::Sequence | Self::Secret => {
                Vec::new()
            }
        }
    }

    /// The resources that this value refers to.
    pub fn references(self, value: &Value) -> Vec<ResourceId> {
        match self {
            Self::Reference(kind)
            | Self::References(kind)
            | Self::Members(kind)
            | Self::ReferenceSequence(kind) => value
                .texts()
                .into_iter()
                .map(|key| ResourceId::new(Kind::from_static(kind), key))
                .collect(),
            Self::ReferencesOrAll(kind) => value
                .texts()
                .into_iter()
                .filter(|key| *key != ALL)
                .map(|key| ResourceId::new(Kind::from_static(kind), key))
                .collect(),
            Self::ReferenceOneOf(kinds) => match value {
                Value::Map(map) => kinds
                    .iter()
                    .filter_map(|kind| {
                        let key = map.get(*kind)?.as_text()?;
                        Some(ResourceId::new(Kind::from_static(kind), key))
                    })
                    .collect(),
                Value::Bool(_) | Value::Integer(_) | Value::Text(_) | Value::List(_) => Vec::new(),
            },
            Self::Text | Self::Integer | Self::Bool | Self::Set | Self::Sequence | Self::Secret => {
                Vec::new()
            }
        }
    }
}

/// What is taken to be the live value when it cannot be read and the ledger is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// Nothing is known: the declared value is written, or done by hand, once.
    Unknown,
    /// The value that the service gives to every new object.
    Text(&'static str),
    /// The declared value is believed, and remembered from then on.
    Declared,
}

/// How sure a vendor fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// The vendor's own specification says so.
    Specified,
    /// Seen against the live service by others.
    Observed,
    /// The vendor's help pages say so.
    Documented,
    /// Concluded, never seen.
    Inferred,
}

impl ProviderSpec {
    /// The kind of this name.
    pub fn kind(&self, kind: &Kind) -> Option<&'static KindSpec> {
        self.kinds.iter().find(|spec| kind == spec.name)
    }
}

impl KindSpec {
    /// The field of this name.
    pub fn field(&self, name: &FieldName) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|spec| name == spec.name)
    }

    /// The kind's name as a value.
    pub fn kind(&self) -> Kind {
        Kind::from_static(self.name)
    }
}

impl FieldSpec {
    /// The field's name as a value.
    pub fn field_name(&self) -> FieldName {
        FieldName::from_static(self.name)
    }

    /// Whether only a person can ever set it.
    pub fn is_manual_only(&self) -> bool {
        self.create == Way::Manual && matches!(self.update, Way::Manual | Way::Never)
    }

    /// A field with the commonest answers, for tables to start from: readable, set and changed by the API.
    pub const fn readable(name: &'static str, label: &'static str, shape: Shape) -> Self {
        Self {
            name,
            label,
            about: "",
            shape,
            read: Read::Yes,
            create: Way::Api,
            update: Way::Api,
            baseline: Baseline::Unknown,
            resets: &[],
            carries: &[],
            required: false,
            unique: false,
            place: &[],
            page: None,
            source: "",
            confidence: Confidence::Specified,
        }
    }

    /// A field that only a person can set, and that cannot be read.
    pub const fn by_hand(name: &'static str, label: &'static str, shape: Shape) -> Self {
        Self {
            name,
            label,
            about: "",
            shape,
            read: Read::No,
            create: Way::Manual,
            update: Way::Manual,
            baseline: Baseline::Unknown,
            resets: &[],
            carries: &[],
            required: false,
            unique: false,
            place: &[],
            page: None,
            source: "",
            confidence: Confidence::Documented,
        }
    }
}
