//! Opens a connection to an account.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Map, Value as Json};

use super::convert::name_key;
use super::observe::Smartflo;
use super::session::Session;
use crate::http::{
    Auth, Budget, Client, ClientOptions, HttpError, RateObserver, SystemClock, TraceHook, WallClock,
};
use crate::model::{Rate, Secret};
use crate::provider::registry::OpenOptions;
use crate::provider::{Connection, ProviderError};

/// The brand of the family whose account it is: one API, other hosts and a few other names (documented).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Brand {
    /// Tata Tele Smartflo.
    #[default]
    Smartflo,
    /// Acefone, India.
    AcefoneIn,
    /// Acefone, United Kingdom.
    AcefoneUk,
    /// Servetel.
    Servetel,
}

impl Brand {
    /// The brand that a manifest's `dialect` names.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "smartflo" => Self::Smartflo,
            "acefone-in" => Self::AcefoneIn,
            "acefone-uk" => Self::AcefoneUk,
            "servetel" => Self::Servetel,
            _ => return None,
        })
    }

    /// Where the brand's API is, unless the manifest says otherwise (documented).
    pub fn api_url(self) -> &'static str {
        match self {
            Self::Smartflo => "https://api-smartflo.tatateleservices.com",
            Self::AcefoneIn => "https://api.acefone.in",
            Self::AcefoneUk => "https://api-account-uk.acefone.com",
            Self::Servetel => "https://api.servetel.in",
        }
    }

    /// The key of a create that asks for an extension (documented).
    pub(super) fn extension_key(self) -> &'static str {
        match self {
            Self::Smartflo => "assign_extension",
            Self::AcefoneIn | Self::AcefoneUk | Self::Servetel => "create_extension",
        }
    }

    /// The word for "all ring at once" (documented; the older docs write tokens).
    pub(super) fn ring_all(self) -> &'static str {
        match self {
            Self::Servetel => "simultaneous",
            Self::Smartflo | Self::AcefoneIn | Self::AcefoneUk => "simultaneously",
        }
    }
}

/// How a connection proves who it is.
#[derive(Clone, Debug)]
pub enum Login {
    /// A token of the panel (API Connect > API Tokens), or one that support gave.
    Token(Secret),
    /// A login, which gives tokens of an hour. Its password has to be changed every 90 days (documented).
    Password {
        /// The login id.
        login_id: Secret,
        /// The password.
        password: Secret,
    },
}

/// Everything that a connection needs to know.
#[derive(Clone)]
pub struct Settings {
    /// The address of the API, when it is not the brand's.
    pub api_url: Option<String>,
    /// The brand.
    pub brand: Brand,
    /// How the connection proves who it is.
    pub login: Login,
    /// The account's budget, which it shares with its own dialling: calls per second (documented example: 3).
    pub rate: Rate,
    /// Ids of roles by name; the API lists none, and those of users' roles are learned besides.
    pub role_ids: BTreeMap<String, String>,
    /// Ids of agent groups by name; the API lists none.
    pub agent_group_ids: BTreeMap<String, String>,
    /// The longest that one request may take; the client's own limit when absent.
    pub timeout: Option<Duration>,
    /// A PEM file of certificate authorities to be trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The wall clock, by which tokens expire.
    pub clock: Arc<dyn WallClock>,
    /// Told before each wait.
    pub observer: Option<Arc<dyn RateObserver>>,
    /// Told after each request.
    pub trace: Option<Arc<dyn TraceHook>>,
    /// The file in which calls are noted for the next command.
    pub call_log: Option<PathBuf>,
}

impl Settings {
    /// Settings for Smartflo's own address, without hooks or maps.
    pub fn new(login: Login, rate: Rate) -> Self {
        Self {
            api_url: None,
            brand: Brand::default(),
            login,
            rate,
            role_ids: BTreeMap::new(),
            agent_group_ids: BTreeMap::new(),
            timeout: None,
            ca_file: None,
            clock: Arc::new(SystemClock),
            observer: None,
            trace: None,
            call_log: None,
        }
    }

    /// Settings out of what the command line resolved. A token goes before a login when both are there.
    ///
    /// `extras` may hold `dialect`, and the maps `role_ids` and `agent_group_ids` of names to ids as text or numbers.
    ///
    /// Fails with [`ProviderError::Unauthorized`] when neither credential is whole, and with
    /// [`ProviderError::Settings`] when an extra is of no known form.
    pub fn from_options(options: OpenOptions) -> Result<Self, ProviderError> {
        let login = match options.credentials.get("token") {
            Some(token) => Login::Token(token.clone()),
            None if options.credentials.contains_key("login_id")
                || options.credentials.contains_key("password") =>
            {
                Login::Password {
                    login_id: options.credential("login_id")?,
                    password: options.credential("password")?,
                }
            }
            None => {
                return Err(ProviderError::Unauthorized(
                    "smartflo: there are no credentials; set `SMARTFLO_TOKEN`, or `SMARTFLO_LOGIN_ID` and \
                     `SMARTFLO_PASSWORD`"
                        .to_owned(),
                ));
            }
        };
        let brand = match options.extras.get("dialect") {
            None | Some(Json::Null) => Brand::default(),
            Some(name) => name.as_str().and_then(Brand::parse).ok_or_else(|| {
                ProviderError::Settings(
                    "smartflo: `dialect` is none of `smartflo`, `acefone-in`, `acefone-uk`, `servetel`"
                        .to_owned(),
                )
            })?,
        };
        Ok(Self {
            api_url: options.api_url,
            brand,
            role_ids: ids(&options.extras, "role_ids")?,
            agent_group_ids: ids(&options.extras, "agent_group_ids")?,
            ca_file: options.ca_file,
            observer: options.observer,
            trace: options.trace,
            call_log: options.call_log,
            ..Self::new(login, options.rate)
        })
    }
}

/// Shows neither credentials nor the address, since a wrong one may hold a password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("brand", &self.brand)
            .field("rate", &self.rate)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// A map of names to ids.
fn ids(extras: &Map<String, Json>, name: &str) -> Result<BTreeMap<String, String>, ProviderError> {
    let bad = |what: &str| {
        ProviderError::Settings(format!(
            "smartflo: `account.{name}` {what}; it maps names to ids, such as `{{ Agent: 54742 }}`"
        ))
    };
    let map = match extras.get(name) {
        None | Some(Json::Null) => return Ok(BTreeMap::new()),
        Some(Json::Object(map)) => map,
        Some(_) => return Err(bad("is no map")),
    };
    map.iter()
        .map(|(key, id)| {
            let id = match id {
                Json::Number(id) => id.to_string(),
                Json::String(id) => id.trim().to_owned(),
                _ => return Err(bad(&format!("has no id for `{key}`"))),
            };
            if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(bad(&format!("has an id for `{key}` that is no number")));
            }
            Ok((name_key(key), id))
        })
        .collect()
}

/// Opens a connection for reading. Sends nothing yet: the first reading logs in, where there is a login.
///
/// Fails with [`ProviderError::Unauthorized`] when a credential is empty or cannot be sent, and with
/// [`ProviderError::Settings`] when the address or the certificate file cannot be used.
pub fn connect(settings: Settings) -> Result<Box<dyn Connection>, ProviderError> {
    Ok(Box::new(open(settings)?))
}

pub(super) fn open(settings: Settings) -> Result<Smartflo, ProviderError> {
    let Settings {
        api_url,
        brand,
        login,
        rate,
        role_ids,
        agent_group_ids,
        timeout,
        ca_file,
        clock,
        observer,
        trace,
        call_log,
    } = settings;
    let given = match &login {
        Login::Token(token) => vec![("token", token)],
        Login::Password { login_id, password } => {
            vec![("login_id", login_id), ("password", password)]
        }
    };
    for (name, secret) in given {
        if secret.expose().trim().is_empty() {
            return Err(ProviderError::Unauthorized(format!(
                "smartflo: the credential `{name}` is empty; set it"
            )));
        }
    }
    let budget = Budget {
        requests: rate.requests,
        per: Duration::from_secs(u64::from(rate.per_seconds)),
        reserve_percent: rate.reserve_percent,
    };
    let url = api_url.unwrap_or_else(|| brand.api_url().to_owned());
    let mut options = ClientOptions::new(url, budget);
    if let Login::Token(token) = &login {
        options.auth = Auth::Bearer(SecretString::from(token.expose().trim()));
    }
    if let Some(timeout) = timeout {
        options.timeout = timeout;
        options.connect_timeout = options.connect_timeout.min(timeout);
    }
    options.ca_file = ca_file;
    options.clock = Arc::clone(&clock);
    options.observer = observer;
    options.trace = trace;
    options.call_log = call_log;
    let client = Client::new(options).map_err(|error| match error {
        HttpError::Credentials { .. } => ProviderError::Unauthorized(format!("smartflo: {error}")),
        _ => ProviderError::Settings(format!("smartflo: {error}")),
    })?;
    Ok(Smartflo::new(
        Session::new(client, login, clock),
        brand,
        role_ids,
        agent_group_ids,
    ))
}
