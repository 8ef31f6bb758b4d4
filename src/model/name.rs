//! The names by which resources, fields and remote objects are known.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

macro_rules! text_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(SmolStr);

        impl $name {
            /// Wraps a name known at compile time, without allocation.
            pub const fn from_static(name: &'static str) -> Self {
                Self(SmolStr::new_static(name))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self(SmolStr::new(name))
            }
        }

        impl From<String> for $name {
            fn from(name: String) -> Self {
                Self(SmolStr::from(name))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }
    };
}

text_name! {
    /// A kind of resource, such as `user` or `group`: lower case, singular.
    Kind
}
text_name! {
    /// The canonical natural key of a resource within its kind: an e-mail in lower case, a group's name, a number in E.164.
    Key
}
text_name! {
    /// The path of a field within its resource, such as `extension` or `settings.pause_recording`.
    FieldName
}
text_name! {
    /// The id that the service gave to an object; opaque, leading zeros kept.
    RemoteId
}

/// A resource's identity in manifests: its kind and natural key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResourceId {
    /// What sort of thing it is.
    pub kind: Kind,
    /// Its canonical natural key.
    pub key: Key,
}

impl ResourceId {
    /// Names a resource by kind and canonical key.
    pub fn new(kind: impl Into<Kind>, key: impl Into<Key>) -> Self {
        Self {
            kind: kind.into(),
            key: key.into(),
        }
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind, self.key)
    }
}
