//! What can go wrong with a call, and whether the call may have had an effect.

use std::time::Duration;

/// Whether a failed call may have changed something.
///
/// An answer, whatever its status, is no error here: the caller reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It certainly had no effect: it was never sent, or the server turned it away unread.
    NotSent,
    /// It may or may not have had an effect; look at the account before doing anything else.
    Unknown,
}

/// A call that brought no usable answer.
///
/// No variant holds a credential, a query or more of a body than a redacted excerpt. `call` is the method and the
/// path, as in `GET /agents/index.json`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The service's address cannot be used.
    #[error("the address of the service cannot be used: {reason}; correct `api_url`")]
    Address {
        /// What is wrong with it.
        reason: String,
    },
    /// The service's address is plain http and not on this machine.
    #[error(
        "`http://{host}` would send credentials unencrypted; use https (plain http is accepted for loopback only)"
    )]
    Insecure {
        /// The address's host.
        host: String,
    },
    /// The credentials cannot be put into a header.
    #[error("the credentials cannot be sent: {reason}; set them again")]
    Credentials {
        /// What is wrong with them, without their text.
        reason: String,
    },
    /// The file of additional certificate authorities cannot be used.
    #[error(
        "the certificate file `{path}` cannot be used: {reason}; it has to hold PEM certificates"
    )]
    CaFile {
        /// The file as it was named.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The client itself could not be set up, or the request could not be formed.
    #[error("the http client cannot be set up: {reason}")]
    Setup {
        /// What is wrong.
        reason: String,
    },
    /// No connection (name, network, proxy or TLS), so that nothing was sent.
    #[error("`{call}`: cannot connect to `{host}`: {reason}; nothing was sent{hint}")]
    Connect {
        /// The call.
        call: String,
        /// The host that was tried.
        host: String,
        /// The innermost cause.
        reason: String,
        /// What to do, starting with `; `, or nothing.
        hint: String,
    },
    /// No complete answer in time.
    #[error("`{call}`: no complete answer within {} s; the service is slow or the network drops packets", limit.as_secs_f64())]
    Timeout {
        /// The call.
        call: String,
        /// How long was waited.
        limit: Duration,
    },
    /// The connection broke before an answer.
    #[error("`{call}`: the connection broke before an answer came: {reason}")]
    Interrupted {
        /// The call.
        call: String,
        /// The innermost cause.
        reason: String,
    },
    /// The answer began and did not end.
    #[error("`{call}`: the answer ({status}) was cut short: {reason}")]
    CutShort {
        /// The call.
        call: String,
        /// The answer's status.
        status: u16,
        /// The innermost cause.
        reason: String,
    },
    /// The answer is larger than any that makes sense.
    #[error(
        "`{call}`: the answer ({status}) is larger than {limit} bytes and was not read to its end"
    )]
    TooLarge {
        /// The call.
        call: String,
        /// The answer's status.
        status: u16,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The service sent the call elsewhere; redirects are not followed, since they would carry credentials along.
    #[error(
        "`{call}`: the service redirects ({status}) to `{location}`; correct `api_url`, redirects are not followed"
    )]
    Redirected {
        /// The call.
        call: String,
        /// The answer's status.
        status: u16,
        /// Where to, without query.
        location: String,
    },
    /// The service kept answering 429.
    #[error(
        "`{call}`: the service refused {answers} times in a row because of its rate limit; \
         something else uses up the account's budget: stop it, or run again later"
    )]
    Throttled {
        /// The call.
        call: String,
        /// How many 429 came in a row.
        answers: u32,
    },
    /// The answer is not the JSON that was expected.
    #[error("`{call}`: the answer ({status}) is {found}{}", if excerpt.is_empty() { String::new() } else { format!(": `{excerpt}`") })]
    NotJson {
        /// The call.
        call: String,
        /// The answer's status.
        status: u16,
        /// What the body is instead.
        found: String,
        /// A redacted beginning of the body; may be empty.
        excerpt: String,
    },
}

impl HttpError {
    /// Whether the call may have had an effect; [`Outcome::Unknown`] when in doubt.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Address { .. }
            | Self::Insecure { .. }
            | Self::Credentials { .. }
            | Self::CaFile { .. }
            | Self::Setup { .. }
            | Self::Connect { .. }
            | Self::Throttled { .. } => Outcome::NotSent,
            // By their definition 307 and 308 ask for the same call elsewhere; the others may follow a finished write.
            Self::Redirected {
                status: 307 | 308, ..
            } => Outcome::NotSent,
            Self::Redirected { .. }
            | Self::Timeout { .. }
            | Self::Interrupted { .. }
            | Self::CutShort { .. }
            | Self::TooLarge { .. }
            | Self::NotJson { .. } => Outcome::Unknown,
        }
    }

    /// True when the call certainly had no effect.
    pub fn did_not_happen(&self) -> bool {
        self.outcome() == Outcome::NotSent
    }
}
