//! Plain values: what a resource, a field, a value and a capability are. No I/O, no clock, no async.

pub mod capability;
pub mod contact;
pub mod correction;
pub mod desired;
pub mod digest;
pub mod live;
pub mod name;
pub mod permit;
pub mod policy;
pub mod secret;
pub mod value;

pub use capability::{
    ALL, Baseline, Confidence, FieldSpec, KindSpec, Page, Procedure, ProviderSpec, Read, ReadCost,
    Seat, Shape, Way, WriteKind, one_request,
};
pub use contact::{Email, Extension, PhoneNumber};
pub use correction::{Corrected, Correction, Uncorrected};
pub use desired::{DeclaredResource, Desired, Pool, State};
pub use digest::{Digester, digest};
pub use live::{Hint, Live, LiveKind, LiveResource, Scope, Seen};
pub use name::{FieldName, Key, Kind, RemoteId, ResourceId};
pub use permit::Permit;
pub use policy::{Guards, Policy, Rate, Unmanaged};
pub use secret::{Secret, SecretRef, SecretRefs, SecretSource};
pub use value::{Fields, Value};
