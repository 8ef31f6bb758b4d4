//! Takes one call over the network, once, and says exactly how it failed.

use std::error::Error as _;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::HeaderMap;
use reqwest::{Certificate, Method, Url, redirect, retry};

use super::error::HttpError;

/// How the client names itself, in each call.
pub(super) const AGENT: &str = concat!("seatwright/", env!("CARGO_PKG_VERSION"));

/// A call that is ready to be sent, credentials included.
#[derive(Clone)]
pub struct Outgoing {
    /// The method.
    pub method: Method,
    /// The whole address.
    pub url: Url,
    /// All headers but those that the transport itself adds (host, length, accepted encodings).
    pub headers: HeaderMap,
    /// The body as it goes out.
    pub body: Option<Vec<u8>>,
    /// Method and path, for messages.
    pub call: String,
}

/// Shows the call only.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Outgoing").field(&self.call).finish()
    }
}

/// An answer as it came in, complete and decompressed.
#[derive(Clone)]
pub struct Incoming {
    /// The status code.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// Shows status and size only.
impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Carries calls; the network in a run, a service within the process in tests.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Carries one call, once; follows no redirect.
    ///
    /// Fails with [`HttpError::Connect`] only when certainly nothing was sent.
    async fn carry(&self, call: Outgoing) -> Result<Incoming, HttpError>;
}

/// How the network transport behaves.
#[derive(Debug)]
pub(super) struct NetworkOptions {
    pub timeout: Duration,
    pub connect_timeout: Duration,
    pub ca_file: Option<PathBuf>,
    pub body_limit: usize,
    /// Whether the service is on this machine: proxies are then left out.
    pub loopback: bool,
}

/// The network.
pub(super) struct Network {
    client: reqwest::Client,
    timeout: Duration,
    connect_timeout: Duration,
    body_limit: usize,
}

impl Network {
    pub(super) fn new(options: &NetworkOptions) -> Result<Self, HttpError> {
        install_crypto();
        // Below the whole limit in any case: a connection that does not come about must not look like a lost answer.
        let connect_timeout = options.connect_timeout.min(options.timeout / 2);
        let mut builder = reqwest::Client::builder()
            // Proxies see it when a tunnel is asked for; the calls bring their own.
            .user_agent(AGENT)
            .gzip(true)
            .referer(false)
            .redirect(redirect::Policy::none())
            // Repetition is decided by us alone, or it would spend the budget unseen.
            .retry(retry::never())
            .timeout(options.timeout)
            .connect_timeout(connect_timeout)
            // A connection that the service closes while a write is on its way gives an unknown outcome; many servers
            // close theirs after five idle seconds.
            .pool_idle_timeout(Duration::from_secs(4));
        if options.loopback {
            builder = builder.no_proxy();
        }
        if let Some(path) = &options.ca_file {
            builder = builder.tls_certs_merge(certificates(path)?);
        }
        let client = builder.build().map_err(|error| HttpError::Setup {
            reason: innermost(&error),
        })?;
        let NetworkOptions {
            timeout,
            body_limit,
            ..
        } = *options;
        Ok(Self {
            client,
            timeout,
            connect_timeout,
            body_limit,
        })
    }

    /// A failure before the head of the answer was there.
    fn before_answer(&self, call: String, host: &str, error: &reqwest::Error) -> HttpError {
        if error.is_builder() {
            return HttpError::Setup {
                reason: innermost(error),
            };
        }
        // Name look-up, TCP, proxy tunnel and TLS handshake; the request follows them.
        if error.is_connect() {
            let (reason, hint) = self.connect_reason(error);
            return HttpError::Connect {
                call,
                host: host.to_owned(),
                reason,
                hint,
            };
        }
        if error.is_timeout() {
            return HttpError::Timeout {
                call,
                limit: self.timeout,
            };
        }
        HttpError::Interrupted {
            call,
            reason: innermost(error),
        }
    }

    fn connect_reason(&self, error: &reqwest::Error) -> (String, String) {
        let cause = innermost(error);
        if error.is_timeout() {
            let reason = format!(
                "no connection within {} s",
                self.connect_timeout.as_secs_f64()
            );
            return (
                reason,
                "; check the network and the proxy variables".to_owned(),
            );
        }
        if error.is_dns() {
            return (
                format!("the name cannot be resolved ({cause})"),
                "; check `api_url` and the network".to_owned(),
            );
        }
        let hint = if cause.contains("certificate") {
            "; a company's own authority can be named with `SSL_CERT_FILE`"
        } else {
            "; check the network and the proxy variables"
        };
        (cause, hint.to_owned())
    }

    /// A failure after the head of the answer was there.
    fn within_answer(&self, call: String, status: u16, error: &reqwest::Error) -> HttpError {
        if error.is_timeout() {
            HttpError::Timeout {
                call,
                limit: self.timeout,
            }
        } else {
            HttpError::CutShort {
                call,
                status,
                reason: innermost(error),
            }
        }
    }
}

#[async_trait]
impl Transport for Network {
    async fn carry(&self, outgoing: Outgoing) -> Result<Incoming, HttpError> {
        let Outgoing {
            method,
            url,
            headers,
            body,
            call,
        } = outgoing;
        let host = url.host_str().unwrap_or_default().to_owned();
        let mut request = self.client.request(method, url).headers(headers);
        if let Some(body) = body {
            request = request.body(body);
        }
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Err(self.before_answer(call, &host, &error)),
        };
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > self.body_limit => {
                    return Err(HttpError::TooLarge {
                        call,
                        status,
                        limit: self.body_limit,
                    });
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => {
                    return Ok(Incoming {
                        status,
                        headers,
                        body,
                    });
                }
                Err(error) => return Err(self.within_answer(call, status, &error)),
            }
        }
    }
}

/// Makes `ring` the process's TLS arithmetic, once.
fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that the program has chosen one already, which is as good.
        let _already = rustls::crypto::ring::default_provider().install_default();
    });
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, HttpError> {
    let bad = |reason: String| HttpError::CaFile {
        path: path.display().to_string(),
        reason,
    };
    let pem = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|error| bad(innermost(&error)))?;
    if found.is_empty() {
        return Err(bad("it holds no certificate".to_owned()));
    }
    Ok(found)
}

/// The message of the innermost cause; the outer ones repeat it or name the address with its query.
fn innermost(error: &reqwest::Error) -> String {
    let Some(mut cause) = error.source() else {
        // `reqwest` writes the address after the kind of error, in brackets.
        let text = error.to_string();
        return text
            .split(" for url (")
            .next()
            .unwrap_or_default()
            .to_owned();
    };
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    super::redact::excerpt(cause.to_string().as_bytes(), &[])
}
