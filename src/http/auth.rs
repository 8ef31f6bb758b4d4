//! Credentials and how they go into a header.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::error::HttpError;

/// How the calls of one client prove who sends them.
#[derive(Clone, Default)]
pub enum Auth {
    /// HTTP Basic; both halves are treated as secret, since vendors use them as a pair of keys.
    Basic {
        /// The user name or key id; it cannot hold a colon.
        user: SecretString,
        /// The password or key secret.
        password: SecretString,
    },
    /// `Authorization: Bearer …`.
    Bearer(SecretString),
    /// A header of the vendor's own with the bare secret as its value.
    Header {
        /// The header's name.
        name: String,
        /// The header's value.
        secret: SecretString,
    },
    /// No credentials.
    #[default]
    None,
}

/// Shows the scheme only.
impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic { .. } => f.write_str("Basic"),
            Self::Bearer(_) => f.write_str("Bearer"),
            Self::Header { name, .. } => write!(f, "Header({name})"),
            Self::None => f.write_str("None"),
        }
    }
}

impl Auth {
    /// The header that carries the credentials, marked as sensitive; nothing for [`Auth::None`].
    pub(super) fn header(&self) -> Result<Option<(HeaderName, HeaderValue)>, HttpError> {
        let (name, value) = match self {
            Self::Basic { user, password } => {
                if user.expose_secret().contains(':') {
                    return Err(HttpError::Credentials {
                        reason: "the user name or key id holds a colon".to_owned(),
                    });
                }
                (AUTHORIZATION, format!("Basic {}", basic(user, password)))
            }
            Self::Bearer(token) => (AUTHORIZATION, format!("Bearer {}", token.expose_secret())),
            Self::Header { name, secret } => {
                let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
                    HttpError::Credentials {
                        reason: format!("`{name}` is not a header name"),
                    }
                })?;
                (name, secret.expose_secret().to_owned())
            }
            Self::None => return Ok(None),
        };
        // The parse error is dropped on purpose: it must not carry the value.
        let mut value = HeaderValue::from_str(&value).map_err(|_| HttpError::Credentials {
            reason: "a credential holds a character that a header cannot carry, such as a line break at its end"
                .to_owned(),
        })?;
        value.set_sensitive(true);
        Ok(Some((name, value)))
    }

    /// Everything that must not be seen in a text about these credentials.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        match self {
            Self::Basic { user, password } => {
                vec![
                    user.clone(),
                    password.clone(),
                    SecretString::from(basic(user, password)),
                ]
            }
            Self::Bearer(secret) | Self::Header { secret, .. } => vec![secret.clone()],
            Self::None => Vec::new(),
        }
    }
}

fn basic(user: &SecretString, password: &SecretString) -> String {
    STANDARD.encode(format!(
        "{}:{}",
        user.expose_secret(),
        password.expose_secret()
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn all() -> Vec<Auth> {
        vec![
            Auth::Basic {
                user: "k3y-id".into(),
                password: "s3cret-one".into(),
            },
            Auth::Bearer("s3cret-two".into()),
            Auth::Header {
                name: "X-ApiKey".to_owned(),
                secret: "s3cret-three".into(),
            },
        ]
    }

    #[test]
    fn headers_carry_the_credentials_and_hide_them_from_debug() {
        let shown: Vec<_> = all()
            .iter()
            .map(|auth| auth.header().unwrap().unwrap())
            .collect();
        assert_eq!(
            shown[0].1.to_str().unwrap(),
            "Basic azN5LWlkOnMzY3JldC1vbmU="
        );
        assert_eq!(shown[1].1.to_str().unwrap(), "Bearer s3cret-two");
        assert_eq!(
            (shown[2].0.as_str(), shown[2].1.to_str().unwrap()),
            ("x-apikey", "s3cret-three")
        );
        assert!(!format!("{shown:?}").contains("s3cret"));
    }

    #[test]
    fn debug_names_the_scheme_only() {
        assert_eq!(format!("{:?}", all()), "[Basic, Bearer, Header(X-ApiKey)]");
    }

    #[test]
    fn a_credential_that_a_header_cannot_carry_is_refused_without_being_shown() {
        let error = Auth::Bearer("s3cret\n".into()).header().unwrap_err();
        assert!(
            error.to_string().contains("line break") && !error.to_string().contains("s3cret"),
            "{error}"
        );
        assert!(
            Auth::Basic {
                user: "a:b".into(),
                password: "c".into()
            }
            .header()
            .is_err()
        );
        assert!(
            Auth::Header {
                name: "not a name".into(),
                secret: "c".into()
            }
            .header()
            .is_err()
        );
    }
}
