//! The table of every diagnostic code.

use std::fmt;

use super::Severity;

/// Declares [`Code`] from one line for each code: variant, name, default severity, description.
macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $description:literal)+) => {
        /// Names one kind of mistake; the name is stable between versions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $description] $variant,)+
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)+];

            /// The stable name, in kebab-case.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $name,)+ }
            }

            /// What the code means, in one line.
            pub const fn description(self) -> &'static str {
                match self { $(Code::$variant => $description,)+ }
            }

            /// How grave it is unless a rule says otherwise.
            pub const fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)+ }
            }
        }
    };
}

codes! {
    // Reading files.
    MissingFile "missing-file" Error "there is no file, folder or manifest at the path"
    UnreadableFile "unreadable-file" Error "a file or folder cannot be read"
    TooLarge "too-large" Error "a file, or the number of nodes in it, is over the limit"
    NotUtf8 "not-utf8" Error "a file is not encoded in UTF-8"
    // YAML.
    Syntax "syntax" Error "the text is not YAML"
    DuplicateKey "duplicate-key" Error "a mapping sets the same key twice"
    InvalidKey "invalid-key" Error "a key of a mapping is not a plain piece of text"
    InvalidMerge "invalid-merge" Error "`<<` is given something other than a mapping or a list of mappings"
    AliasLimit "alias-limit" Error "aliases repeat more content than the limit allows"
    NestingLimit "nesting-limit" Error "lists and mappings lie too deep within each other"
    UnknownAlias "unknown-alias" Error "an alias names an anchor that is not defined before it"
    UnknownTag "unknown-tag" Error "a YAML tag that is not one of the core schema"
    // Shape.
    UnknownKey "unknown-key" Error "a key that the format does not have"
    MissingKey "missing-key" Error "a key that the format requires is left out"
    WrongType "wrong-type" Error "a value of another type than the key takes"
    BadValue "bad-value" Error "a value of the right type that the key does not allow"
    NullValue "null-value" Error "a key without a value"
    NumberNeedsQuotes "number-needs-quotes" Error "an unquoted number that would lose its leading zero or plus sign"
    // Account.
    NoAccount "no-account" Error "no document holds an `account`"
    MissingAccount "missing-account" Error "a document belongs to no account"
    SeveralAccounts "several-accounts" Error "more than one document holds an `account`"
    DuplicateAccountName "duplicate-account-name" Error "two accounts of one repository have the same name"
    UnknownProvider "unknown-provider" Error "the account names a provider that is not supported"
    UnsupportedVersion "unsupported-version" Error "the manifest is of a format version that this program does not know"
    UnsupportedPlan "unsupported-plan" Warning "the account's plan has no access to the provider's API"
    InsecureApiUrl "insecure-api-url" Error "the API address would send credentials unencrypted"
    InvalidTimeZone "invalid-time-zone" Error "a time zone that the tz database does not have"
    // Values.
    InvalidEmail "invalid-email" Error "an e-mail address that cannot be one"
    InvalidNumber "invalid-number" Error "a phone number that is not in E.164 form"
    InvalidPhone "invalid-phone" Error "a phone number that is not of ten digits"
    NameLength "name-length" Error "a name that is shorter or longer than the service takes"
    InvalidLoginId "invalid-login-id" Error "a login id that is too short, or has blanks in it"
    InvalidIp "invalid-ip" Error "an address or network that logins may come from cannot be one"
    InvalidExtension "invalid-extension" Error "an extension that is not a short number"
    InvalidDate "invalid-date" Error "a date that is not a day of the calendar in the form `2026-12-31`"
    DateOrder "date-order" Error "an end date that lies before its start date"
    InvalidPool "invalid-pool" Error "an extension pool that is no range of numbers"
    InvalidPasswordRule "invalid-password-rule" Error "a password reference that cannot be resolved"
    PriceLimitOutOfRange "price-limit-out-of-range" Error "a daily price limit outside what the service accepts"
    UnknownLanguage "unknown-language" Warning "a language that the service is not known to have"
    SuspiciousCharacter "suspicious-character" Warning "a control or bidirectional character in a name"
    WhitespaceInValue "whitespace-in-value" Error "a value that begins or ends with white space"
    // Names used twice, or not at all.
    DuplicateEmail "duplicate-email" Error "two users have the same e-mail address"
    DuplicateLoginId "duplicate-login-id" Error "two users have the same login id, or differ in its case only"
    DuplicatePhone "duplicate-phone" Warning "two users have the same phone"
    DuplicateAgent "duplicate-agent" Error "two users take over the same agent"
    DuplicateCallerId "duplicate-caller-id" Error "a user has the same caller id twice"
    DuplicateExtension "duplicate-extension" Error "two users have the same extension"
    DuplicateGroup "duplicate-group" Error "two groups have the same name"
    DuplicateStatus "duplicate-status" Error "two agent statuses have the same name"
    ReservedStatus "reserved-status" Error "an agent status has the name of a built-in one"
    DuplicateDepartment "duplicate-department" Error "two departments have the same name"
    DuplicateNumber "duplicate-number" Error "a phone number is declared twice"
    DuplicateRole "duplicate-role" Error "two roles have the same name"
    ReservedRoleName "reserved-role-name" Error "a role has the name of a built-in role"
    PoolOverlap "pool-overlap" Error "two extension pools share numbers"
    PoolExhausted "pool-exhausted" Error "an extension pool has fewer numbers than users"
    UnknownPool "unknown-pool" Error "a user takes an extension from a pool that is not declared"
    UnknownRole "unknown-role" Error "a user has a role that is neither declared nor built in"
    UnknownGroup "unknown-group" Error "a group is named that is not declared"
    UnknownDepartment "unknown-department" Error "a department is named that is not declared"
    UnknownNumber "unknown-number" Error "a phone number is named that is not declared"
    UnknownUser "unknown-user" Error "a user is named that is not declared"
    ReferenceToAbsent "reference-to-absent" Error "something names a user, group or number that is declared absent"
    AgentGroupWithoutId "agent-group-without-id" Error "an agent group is named whose id the account does not give"
    RoleWithoutId "role-without-id" Warning "a role is named whose id the account does not give"
    UnusedRole "unused-role" Warning "a role that no user has"
    UnusedPool "unused-pool" Warning "an extension pool that no user takes from"
    // Rules between users, roles and the account.
    SettingNotForRole "setting-not-for-role" Error "a setting that the service does not offer to the user's role"
    AnalystCannotCall "analyst-cannot-call" Error "an analyst is given something that only calling users have"
    CallingNotForRole "calling-not-for-role" Error "calling is switched for a role that has no such switch"
    ContactEditNotForRole "contact-edit-not-for-role" Error "contact edit access is set for a role that has no such checkbox"
    UnknownPermission "unknown-permission" Error "a permission that the service is not known to have"
    PermissionNotForRole "permission-not-for-role" Error "a permission that the user's role can never have"
    PermissionWithoutEffect "permission-without-effect" Warning "a permission that is granted or revoked, and is so by default"
    PermissionConflict "permission-conflict" Error "a permission that is given and taken away at once"
    SettingWithoutAgent "setting-without-agent" Error "a user without an agent is given something that only agents have"
    ExistingAgentConflict "existing-agent-conflict" Warning "a user takes over an agent, and is given what only a new agent gets"
    IncompleteUser "incomplete-user" Warning "a user with a new login lacks something that the service wants"
    SeatsExceeded "seats-exceeded" Error "more users than purchased seats"
    PresentAndAbsent "present-and-absent" Error "a resource is declared both present and absent"
    MissingReason "missing-reason" Warning "an absent user without a reason"
    ProtectedAbsent "protected-absent" Error "a protected user is declared absent"
    LastAdminRemoved "last-admin-removed" Error "no administrator would be left"
    PreviouslyConflict "previously-conflict" Error "a former name is claimed twice, or is still in use"
}

impl Code {
    /// The code with this name.
    pub fn from_name(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_kebab_case_unique_and_found_again() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            let name = code.as_str();
            assert_eq!(Code::from_name(name), Some(*code));
            let pascal: String = name
                .split('-')
                .map(|word| word[..1].to_uppercase() + &word[1..])
                .collect();
            assert_eq!(pascal, format!("{code:?}"), "the name follows the variant");
        }
    }

    #[test]
    fn descriptions_are_one_line_without_a_full_stop() {
        for code in Code::ALL {
            let text = code.description();
            assert!(
                !text.is_empty() && !text.contains('\n') && !text.ends_with('.'),
                "{code}"
            );
        }
    }
}
