//! The dashboard as a state machine: what a person can do in it, and what it says when it refuses.
//!
//! The texts are those that the product shows. Undocumented, and decided here: a deleted user's seat is free at once, and a
//! changed role keeps what the new role can have.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::permissions;

/// What the dashboard says when it refuses.
pub type Refused = String;

/// The words of the older and of the newer pages for the same thing.
pub const VOCABULARIES: [(&str, &str); 8] = [
    ("Add New User", "ADD NEW"),
    ("designation", "User Role"),
    ("Agent Groups", "User Groups"),
    ("agent slider", "+"),
    ("Apply Changes", "CONTINUE"),
    ("contact edit access", "Edit Contact"),
    ("Agent Features", "Enable Calling Feature"),
    ("Save the changes", "SAVE"),
];

/// The statuses that every account has.
pub const SYSTEM_STATUSES: [&str; 9] = [
    "Available",
    "Break",
    "Lunch",
    "In training",
    "Out of desk",
    "Offline",
    "In Meeting",
    "PrepWork",
    "After Call",
];

/// What a user is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// Calls, and takes a seat.
    Agent,
    /// Never calls, and takes none.
    Supervisor,
    /// Takes a seat when calling is on.
    Administrator,
}

/// What is typed into the form of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserForm {
    /// Chosen first.
    pub role: Role,
    /// Given name.
    pub firstname: String,
    /// Family name.
    pub lastname: String,
    /// The login.
    pub email: String,
    /// Typed by a person; only whether there is one is kept.
    #[serde(skip_serializing)]
    pub password: String,
    /// Ten digits.
    pub phone: String,
    /// The older form has it.
    pub server_location: Option<String>,
    /// A checkbox for agents.
    pub contact_edit_access: bool,
    /// One group.
    pub group: Option<String>,
    /// A checkbox for administrators.
    pub calling: bool,
    /// Ticked beyond the role's default.
    pub granted: BTreeSet<String>,
    /// Unticked of the role's default.
    pub revoked: BTreeSet<String>,
}

impl Default for UserForm {
    fn default() -> Self {
        UserForm {
            role: Role::Agent,
            firstname: String::new(),
            lastname: String::new(),
            email: String::new(),
            password: String::new(),
            phone: String::new(),
            server_location: None,
            contact_edit_access: false,
            group: None,
            calling: false,
            granted: BTreeSet::new(),
            revoked: BTreeSet::new(),
        }
    }
}

impl UserForm {
    /// Whether such a user takes a seat.
    pub fn takes_seat(&self) -> bool {
        match self.role {
            Role::Agent => true,
            Role::Supervisor => false,
            Role::Administrator => self.calling,
        }
    }

    /// The name that the API shows.
    pub fn name(&self) -> String {
        format!("{} {}", self.firstname, self.lastname)
            .trim()
            .to_owned()
    }

    /// The role as the table of users shows it.
    pub fn shown_role(&self) -> String {
        let role = match self.role {
            Role::Agent => "Agent",
            Role::Supervisor => "Supervisor",
            Role::Administrator => "Administrator",
        };
        if self.granted.is_empty() && self.revoked.is_empty() {
            role.to_owned()
        } else {
            format!("{role} (Custom)")
        }
    }
}

/// What the form of a new user shows before anything is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormState {
    /// The text on top.
    pub banner: Option<&'static str>,
    /// Whether SAVE can be pressed.
    pub can_save: bool,
    /// Whether calling can be switched on.
    pub can_enable_calling: bool,
}

/// An agent status of the account's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// As it was chosen.
    #[serde(default)]
    pub color: String,
    /// Whether agents can choose it.
    #[serde(default)]
    pub enabled: bool,
}

/// The account as the dashboard has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dashboard {
    /// The plan's name.
    pub plan: String,
    /// Seats that are bought.
    pub seats: u32,
    /// The seats from the end of the period on, when some are cancelled.
    pub seats_next_period: Option<u32>,
    /// Seats that were bought since the start, each charged at once.
    pub charged: u32,
    /// The users by login.
    pub users: BTreeMap<String, UserForm>,
    /// The groups.
    pub groups: BTreeSet<String>,
    /// The account's own statuses by name.
    pub statuses: BTreeMap<String, Status>,
    /// The logins that are assigned to campaigns by name.
    pub campaigns: BTreeMap<String, BTreeSet<String>>,
}

fn refuse<T>(text: &str) -> Result<T, Refused> {
    Err(text.to_owned())
}

impl Dashboard {
    /// Seats in use: agents, and administrators who call.
    pub fn seats_used(&self) -> u32 {
        let used = self.users.values().filter(|user| user.takes_seat()).count();
        u32::try_from(used).unwrap_or(u32::MAX)
    }

    fn has_free_seat(&self) -> bool {
        self.seats_used() < self.seats
    }

    /// What the form of a new user of this role shows.
    pub fn new_user_form(&self, role: Role) -> FormState {
        let free = self.has_free_seat();
        FormState {
            banner: match (role, free) {
                (Role::Agent, false) => Some("Please order more seats to create agent"),
                (Role::Administrator, false) => {
                    Some("Agent Features will be disabled until you order more seats")
                }
                (Role::Supervisor, false) | (_, true) => None,
            },
            can_save: role != Role::Agent || free,
            can_enable_calling: role == Role::Administrator && free,
        }
    }

    /// Saves the form of a new user.
    ///
    /// # Errors
    /// The text that the form shows instead.
    pub fn add_user(&mut self, form: UserForm) -> Result<(), Refused> {
        let state = self.new_user_form(form.role);
        if !state.can_save {
            return refuse(state.banner.unwrap_or("SAVE is disabled"));
        }
        if form.calling && !state.can_enable_calling {
            return refuse(state.banner.unwrap_or("the form has no calling feature"));
        }
        self.check_form(&form)?;
        if form.password.is_empty() {
            return refuse("Enter Password");
        }
        if self.users.contains_key(&form.email) {
            return refuse("the e-mail address is taken");
        }
        self.users.insert(form.email.clone(), form);
        Ok(())
    }

    /// Saves the changed form of a user; a change of the login keeps its campaigns.
    ///
    /// # Errors
    /// The text that the form shows instead.
    pub fn edit_user(&mut self, login: &str, form: UserForm) -> Result<(), Refused> {
        let Some(before) = self.users.get(login) else {
            return refuse("there is no such user");
        };
        if form.takes_seat() && !before.takes_seat() && !self.has_free_seat() {
            return refuse("Please order more seats to create agent");
        }
        self.check_form(&form)?;
        if form.email != login && self.users.contains_key(&form.email) {
            return refuse("the e-mail address is taken");
        }
        self.users.remove(login);
        for assigned in self.campaigns.values_mut() {
            if assigned.remove(login) {
                assigned.insert(form.email.clone());
            }
        }
        self.users.insert(form.email.clone(), form);
        Ok(())
    }

    fn check_form(&self, form: &UserForm) -> Result<(), Refused> {
        for (text, asked) in [
            (&form.firstname, "Enter First Name"),
            (&form.lastname, "Enter Last Name"),
            (&form.email, "Enter Email"),
            (&form.phone, "Enter Phone"),
        ] {
            if text.is_empty() {
                return refuse(asked);
            }
        }
        if form.phone.len() != 10 || !form.phone.bytes().all(|byte| byte.is_ascii_digit()) {
            return refuse("the phone number has ten digits");
        }
        if form.calling && form.role != Role::Administrator {
            return refuse("the form has no calling feature for the role");
        }
        if form.contact_edit_access && form.role != Role::Agent {
            return refuse("the form has no contact edit access for the role");
        }
        if let Some(group) = form.group.as_ref().filter(|it| !self.groups.contains(*it)) {
            return Err(format!("the form does not offer the group {group}"));
        }
        for name in &form.granted {
            if permissions::never(form.role).contains(&name.as_str()) {
                return Err(format!("the grid does not offer {name}"));
            }
        }
        let (creates, views) = permissions::IMPLIED;
        if form.granted.contains(creates) && form.revoked.contains(views) {
            return Err(format!("{creates} turns {views} on"));
        }
        Ok(())
    }

    /// Switches Agent Features of an administrator.
    ///
    /// # Errors
    /// When there is no such switch, or no free seat.
    pub fn set_agent_features(&mut self, login: &str, on: bool) -> Result<(), Refused> {
        let free = self.has_free_seat();
        let Some(user) = self.users.get_mut(login) else {
            return refuse("there is no such user");
        };
        if user.role != Role::Administrator {
            return refuse("the profile has no Agent Features");
        }
        if on && !user.calling && !free {
            return refuse("Agent Features will be disabled until you order more seats");
        }
        user.calling = on;
        Ok(())
    }

    /// Deletes a user, after the confirmation `Delete user?`; no campaign names it then.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn delete_user(&mut self, login: &str) -> Result<(), Refused> {
        if !self.users.contains_key(login) {
            return refuse("there is no such user");
        }
        for assigned in self.campaigns.values_mut() {
            assigned.remove(login);
        }
        self.users.remove(login);
        Ok(())
    }

    /// Moves the seats: up at once, for money; down at the end of the period.
    ///
    /// # Errors
    /// When more seats are in use.
    pub fn set_seats(&mut self, wanted: u32) -> Result<(), Refused> {
        if wanted >= self.seats {
            self.charged += wanted - self.seats;
            self.seats = wanted;
            self.seats_next_period = None;
            return Ok(());
        }
        if wanted < self.seats_used() {
            return refuse("You cannot downgrade to a lower number seat unless agent is removed");
        }
        self.seats_next_period = Some(wanted);
        Ok(())
    }

    /// Takes a scheduled cancellation back.
    pub fn do_not_cancel(&mut self) {
        self.seats_next_period = None;
    }

    /// The period ends, and what was scheduled happens.
    pub fn end_period(&mut self) {
        if let Some(seats) = self.seats_next_period.take() {
            self.seats = seats.max(self.seats_used());
        }
    }

    /// Adds a group.
    ///
    /// # Errors
    /// The text that the form shows instead.
    pub fn add_group(&mut self, name: &str) -> Result<(), Refused> {
        length(
            name,
            "Minimum 3 characters long",
            "Minimum 3 characters long",
        )?;
        if !self.groups.insert(name.to_owned()) {
            return refuse("the group exists");
        }
        Ok(())
    }

    /// Renames a group; its members stay in it.
    ///
    /// # Errors
    /// The text that the form shows instead.
    pub fn rename_group(&mut self, from: &str, to: &str) -> Result<(), Refused> {
        if !self.groups.contains(from) {
            return refuse("there is no such group");
        }
        self.add_group(to)?;
        self.groups.remove(from);
        for user in self.users.values_mut() {
            if user.group.as_deref() == Some(from) {
                user.group = Some(to.to_owned());
            }
        }
        Ok(())
    }

    /// Deletes a group; its members are in none then.
    ///
    /// # Errors
    /// When there is none.
    pub fn delete_group(&mut self, name: &str) -> Result<(), Refused> {
        if !self.groups.remove(name) {
            return refuse("there is no such group");
        }
        for user in self.users.values_mut() {
            if user.group.as_deref() == Some(name) {
                user.group = None;
            }
        }
        Ok(())
    }

    /// Adds a status, which is off at first.
    ///
    /// # Errors
    /// The text that the form shows instead.
    pub fn add_status(&mut self, name: &str, color: &str) -> Result<(), Refused> {
        length(
            name,
            "Enter presence name",
            "Status name must be at least 3 characters long",
        )?;
        if SYSTEM_STATUSES.contains(&name) || self.statuses.contains_key(name) {
            return refuse("Created agent status already exists");
        }
        let status = Status {
            color: color.to_owned(),
            enabled: false,
        };
        self.statuses.insert(name.to_owned(), status);
        Ok(())
    }

    /// Changes a status: name, color, checkbox.
    ///
    /// # Errors
    /// When it is one of the system's, or the new name is refused.
    pub fn edit_status(
        &mut self,
        name: &str,
        to: Option<&str>,
        color: Option<&str>,
        enabled: Option<bool>,
    ) -> Result<(), Refused> {
        let Some(before) = self.statuses.get(name).cloned() else {
            return refuse("there is no such status that can be changed");
        };
        let after = Status {
            color: color.map_or(before.color, str::to_owned),
            enabled: enabled.unwrap_or(before.enabled),
        };
        let to = to.unwrap_or(name);
        if to != name {
            self.add_status(to, "")?;
            self.statuses.remove(name);
        }
        self.statuses.insert(to.to_owned(), after);
        Ok(())
    }

    /// Deletes a status.
    ///
    /// # Errors
    /// When it is one of the system's, or there is none.
    pub fn delete_status(&mut self, name: &str) -> Result<(), Refused> {
        match self.statuses.remove(name) {
            Some(_) => Ok(()),
            None => refuse("there is no such status that can be deleted"),
        }
    }

    /// Sets the campaigns that name a user; the others let the user go.
    ///
    /// # Errors
    /// When there is no such user or campaign.
    pub fn assign(&mut self, login: &str, campaigns: &BTreeSet<String>) -> Result<(), Refused> {
        if !self.users.contains_key(login) {
            return refuse("there is no such user");
        }
        if let Some(missing) = campaigns
            .iter()
            .find(|it| !self.campaigns.contains_key(*it))
        {
            return Err(format!("there is no campaign {missing}"));
        }
        for (name, assigned) in &mut self.campaigns {
            if campaigns.contains(name) {
                assigned.insert(login.to_owned());
            } else {
                assigned.remove(login);
            }
        }
        Ok(())
    }
}

/// Names have 3 to 15 characters: typing stops at 15.
fn length(name: &str, blank: &str, short: &str) -> Result<(), Refused> {
    match name.chars().count() {
        0 => refuse(blank),
        1 | 2 => refuse(short),
        3..=15 => Ok(()),
        _ => refuse("the field takes 15 characters"),
    }
}
