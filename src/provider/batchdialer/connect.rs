//! Opens a connection to an account, with a key or without one.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::observe::BatchDialer;
use crate::http::{Auth, Budget, Client, ClientOptions, HttpError, RateObserver, TraceHook};
use crate::model::{Rate, Secret};
use crate::provider::registry::OpenOptions;
use crate::provider::{Connection, ProviderError};

/// Where the API is, unless the manifest says otherwise (public API clients, 2026-08).
pub const API_URL: &str = "https://app.batchdialer.com/api";

/// The name of the one credential, with the environment variable that holds it by default.
pub(super) const API_KEY: (&str, &str) = ("api_key", "BATCHDIALER_API_KEY");
/// Whether the manifest names a key itself: then it must be there.
pub(super) const KEY_IS_NAMED: &str = "key_is_named";

/// The header that carries the key as it is.
const KEY_HEADER: &str = "X-ApiKey";

/// Everything that a connection needs to know.
#[derive(Clone)]
pub struct Settings {
    /// The address of the API, when it is not [`API_URL`].
    pub api_url: Option<String>,
    /// The key of an integration; without one nothing is ever sent.
    pub api_key: Option<Secret>,
    /// The request budget.
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

/// Shows neither the key nor the address, since a wrong one may hold a password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("has_key", &self.api_key.is_some())
            .field("rate", &self.rate)
            .finish_non_exhaustive()
    }
}

/// Opens a connection for reading. Sends nothing yet.
///
/// Fails with [`ProviderError::Unauthorized`] when the key is empty or cannot be sent, and with
/// [`ProviderError::Settings`] when the address or the certificate file cannot be used.
pub fn connect(settings: Settings) -> Result<Box<dyn Connection>, ProviderError> {
    Ok(Box::new(build(settings)?))
}

pub(super) fn build(settings: Settings) -> Result<BatchDialer, ProviderError> {
    let Settings {
        api_url,
        api_key,
        rate,
        timeout,
        ca_file,
        observer,
        trace,
        call_log,
    } = settings;
    let Some(key) = api_key else {
        return Ok(BatchDialer::new(None));
    };
    if key.expose().trim().is_empty() {
        return Err(ProviderError::Unauthorized(
            "batchdialer: `api_key` is empty; set it to a key of Settings > Integrations > Integration Keys, or unset it: plans need none".to_owned(),
        ));
    }
    let budget = Budget {
        requests: rate.requests,
        per: Duration::from_secs(u64::from(rate.per_seconds)),
        reserve_percent: rate.reserve_percent,
    };
    let mut options = ClientOptions::new(api_url.unwrap_or_else(|| API_URL.to_owned()), budget);
    options.auth = Auth::Header {
        name: KEY_HEADER.to_owned(),
        secret: SecretString::from(key.expose()),
    };
    if let Some(timeout) = timeout {
        options.timeout = timeout;
        options.connect_timeout = options.connect_timeout.min(timeout);
    }
    options.ca_file = ca_file;
    options.observer = observer;
    options.trace = trace;
    options.call_log = call_log;
    let client = Client::new(options).map_err(|error| match error {
        HttpError::Credentials { .. } => {
            ProviderError::Unauthorized(format!("batchdialer: {error}"))
        }
        _ => ProviderError::Settings(format!("batchdialer: {error}")),
    })?;
    Ok(BatchDialer::new(Some(client)))
}

/// Opens a connection as the command line asks for it: a key that no manifest names may be missing.
pub(super) fn open(options: OpenOptions) -> Result<Box<dyn Connection>, ProviderError> {
    let (name, _) = API_KEY;
    let named = options.extras.get(KEY_IS_NAMED) == Some(&serde_json::Value::Bool(true));
    let api_key = if named {
        Some(options.credential(name)?)
    } else {
        options.credentials.get(name).cloned()
    };
    connect(Settings {
        api_url: options.api_url,
        api_key,
        rate: options.rate,
        timeout: None,
        ca_file: options.ca_file,
        observer: options.observer,
        trace: options.trace,
        call_log: options.call_log,
    })
}
