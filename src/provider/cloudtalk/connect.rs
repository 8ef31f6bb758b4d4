//! Opens a connection to an account.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::observe::CloudTalk;
use crate::http::{
    Auth, Budget, Client, ClientOptions, HttpError, RateHeaders, RateObserver, TraceHook,
};
use crate::model::{Rate, Secret};
use crate::provider::{Connection, ProviderError};

/// Where the API is, unless the manifest says otherwise (OpenAPI 1.7).
pub const API_URL: &str = "https://my.cloudtalk.io/api";

/// Everything that a connection needs to know.
#[derive(Clone)]
pub struct Settings {
    /// The address of the API, when it is not [`API_URL`].
    pub api_url: Option<String>,
    /// The first half of the key pair.
    pub access_key_id: Secret,
    /// The second half of the key pair.
    pub access_key_secret: Secret,
    /// The account's request budget; 60 requests a minute for a whole company unless it asked for more (OpenAPI 1.7).
    pub rate: Rate,
    /// The longest that one request may take; the client's own limit when absent.
    pub timeout: Option<Duration>,
    /// A PEM file of certificate authorities to be trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Told before each wait.
    pub observer: Option<Arc<dyn RateObserver>>,
    /// Told after each request.
    pub trace: Option<Arc<dyn TraceHook>>,
    /// The file in which calls are noted for the next command.
    pub call_log: Option<PathBuf>,
}

impl Settings {
    /// Settings for the vendor's own address, without hooks.
    pub fn new(access_key_id: Secret, access_key_secret: Secret, rate: Rate) -> Self {
        Self {
            api_url: None,
            access_key_id,
            access_key_secret,
            rate,
            timeout: None,
            ca_file: None,
            observer: None,
            trace: None,
            call_log: None,
        }
    }
}

/// Shows neither the keys nor the address, since a wrong one may hold a password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("rate", &self.rate)
            .field("timeout", &self.timeout)
            .field("ca_file", &self.ca_file)
            .finish_non_exhaustive()
    }
}

/// Opens a connection for reading. Sends nothing yet: the first reading finds out whether the keys are good.
///
/// Fails with [`ProviderError::Unauthorized`] when a key is missing or cannot be sent, and with
/// [`ProviderError::Settings`] when the address or the certificate file cannot be used.
pub fn connect(settings: Settings) -> Result<Box<dyn Connection>, ProviderError> {
    Ok(Box::new(open(settings)?))
}

pub(super) fn open(settings: Settings) -> Result<CloudTalk, ProviderError> {
    let Settings {
        api_url,
        access_key_id,
        access_key_secret,
        rate,
        timeout,
        ca_file,
        observer,
        trace,
        call_log,
    } = settings;
    for (name, key) in [
        ("access_key_id", &access_key_id),
        ("access_key_secret", &access_key_secret),
    ] {
        if key.expose().trim().is_empty() {
            return Err(ProviderError::Unauthorized(format!(
                "cloudtalk: `{name}` is empty; set it to the key pair of Account > Settings > API keys"
            )));
        }
    }
    let budget = Budget {
        requests: rate.requests,
        per: Duration::from_secs(u64::from(rate.per_seconds)),
        reserve_percent: rate.reserve_percent,
    };
    let mut options = ClientOptions::new(api_url.unwrap_or_else(|| API_URL.to_owned()), budget);
    options.auth = Auth::Basic {
        user: SecretString::from(access_key_id.expose()),
        password: SecretString::from(access_key_secret.expose()),
    };
    // Promised with a 429 only (OpenAPI 1.7), and no `Retry-After` beside them.
    options.rate_headers = Some(RateHeaders {
        limit: "X-CloudTalkAPI-Limit".to_owned(),
        remaining: "X-CloudTalkAPI-Remaining".to_owned(),
        reset: "X-CloudTalkAPI-ResetTime".to_owned(),
    });
    if let Some(timeout) = timeout {
        options.timeout = timeout;
        options.connect_timeout = options.connect_timeout.min(timeout);
    }
    options.ca_file = ca_file;
    options.observer = observer;
    options.trace = trace;
    options.call_log = call_log;
    let client = Client::new(options).map_err(|error| match error {
        HttpError::Credentials { .. } => ProviderError::Unauthorized(format!("cloudtalk: {error}")),
        _ => ProviderError::Settings(format!("cloudtalk: {error}")),
    })?;
    Ok(CloudTalk::new(client))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn settings(id: &str, secret: &str) -> Settings {
        let rate = Rate {
            requests: 60,
            per_seconds: 60,
            reserve_percent: 10,
        };
        Settings::new(
            Secret::new(id.to_owned()),
            Secret::new(secret.to_owned()),
            rate,
        )
    }

    fn refusal(settings: Settings) -> ProviderError {
        open(settings).unwrap_err()
    }

    #[test]
    fn the_vendors_address_and_the_declared_budget_are_used() {
        let client = open(settings("id", "s3cret")).unwrap().client;
        assert!(client.base_url().starts_with(API_URL));
        assert_eq!(client.budget().effective(), 54);
    }

    #[test]
    fn missing_or_unsendable_keys_are_refused_before_anything_is_sent() {
        for (id, secret) in [("", "s"), ("id", " "), ("i:d", "s")] {
            let error = refusal(settings(id, secret));
            assert!(matches!(error, ProviderError::Unauthorized(_)), "{error}");
        }
        let error = refusal(settings("id", ""));
        assert!(error.to_string().contains("`access_key_secret`"), "{error}");
    }

    #[test]
    fn an_address_or_certificate_file_that_cannot_be_used_is_a_matter_of_settings() {
        let insecure = Settings {
            api_url: Some("http://my.cloudtalk.example/api".to_owned()),
            ..settings("id", "s3cret")
        };
        let no_file = Settings {
            ca_file: Some("/nowhere/ca.pem".into()),
            ..settings("id", "s3cret")
        };
        for wrong in [insecure, no_file] {
            let error = refusal(wrong);
            assert!(matches!(error, ProviderError::Settings(_)), "{error}");
            assert!(!error.to_string().contains("s3cret"));
        }
    }

    #[test]
    fn settings_show_neither_keys_nor_address() {
        let mut settings = settings("k3y-id", "s3cret");
        settings.api_url = Some("https://me:s3cret@a.example".to_owned());
        let shown = format!("{settings:?}");
        assert!(
            !shown.contains("s3cret") && !shown.contains("k3y-id"),
            "{shown}"
        );
    }
}
