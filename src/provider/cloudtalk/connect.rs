//! Opens a connection to an account.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::observe::CloudTalk;
use crate::http::{Auth, Budget, Client, ClientOptions, HttpError, RateHeaders, RateObserver, TraceHook};
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
    let Settings { api_url, access_key_id, access_key_secret, rate, timeout, ca_file, observer, trace } = settings;
    for (name, key) in [("access_key_id", &access_key_id), ("access_key_secret", &access_key_secret)] {
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
    let client = Client::new(options).map_err(|error| match error {
        HttpError::Credentials { .. } => ProviderError::Unauthorized(format!("cloudtalk: {error}")),
        _ => ProviderError::Settings(format!("cloudtalk: {error}")),
    })?;
    Ok(CloudTalk::new(client))
}
