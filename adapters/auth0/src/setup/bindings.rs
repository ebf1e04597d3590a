//! Which Actions run after a login, in which order: ours one after the other, everybody else's as they were.

use serde::Deserialize;
use serde_json::{Value, json};

use super::action_code::PostLogin;
use super::actions::TRIGGER;
use super::error::{Doing, SetupError};
use super::plan::{Change, Line};
use crate::ManagementError;
use crate::management::{Management, Operation};

const STEP: &str = "bindings";
const PATH: [&str; 4] = ["actions", "triggers", TRIGGER, "bindings"];

/// An Action that is bound.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Bound {
    id: String,
    display_name: Option<String>,
    pub(super) action: BoundAction,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct BoundAction {
    pub(super) id: String,
    pub(super) name: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    bindings: Vec<Bound>,
}

/// What is to be done about the bindings.
#[derive(Debug)]
pub(super) struct BindingsPlan {
    pub(super) line: Line,
}

/// The Actions that run after a login, in their order. A trigger has twenty at most.
pub(super) async fn read(api: &Management) -> Result<Vec<Bound>, ManagementError> {
    let listed: Listed = api.call(&Operation::get(&PATH, &[("per_page", "100")])).await?;
    Ok(listed.bindings)
}

/// `ours` are the ids of the two Actions that are there already.
pub(super) fn plan(bound: &[Bound], ours: [Option<&str>; 2]) -> BindingsPlan {
    let current: Vec<&str> = bound.iter().map(|bound| bound.action.id.as_str()).collect();
    // An Action without an id yet is bound nowhere: its name stands for it.
    let [first, second] = [PostLogin::Subscription, PostLogin::MemberRole].map(PostLogin::name);
    let wanted = arranged(&current, [ours[0].unwrap_or(first), ours[1].unwrap_or(second)]);
    if wanted == current {
        return BindingsPlan { line: Line::of_details(STEP, TRIGGER, Vec::new()) };
    }
    let name_of = |id: &str| {
        let place = ours.iter().position(|ours| *ours == Some(id));
        let own = place.and_then(|place| [first, second].get(place).copied());
        let bound = || bound.iter().find(|bound| bound.action.id == id)?.action.name.as_deref();
        own.or_else(bound).unwrap_or(id).to_owned()
    };
    let order: Vec<String> = wanted.iter().map(|id| name_of(id)).collect();
    let change = if bound.is_empty() { Change::Create } else { Change::Update };
    BindingsPlan { line: Line::new(STEP, TRIGGER, change, vec![format!("order: {}", order.join(", "))]) }
}

/// The order with both of ours in it, the first before the second; all others stay where they are.
pub(super) fn arranged<'a>(current: &[&'a str], ours: [&'a str; 2]) -> Vec<&'a str> {
    let mut order = current.to_vec();
    let [first, second] = ours.map(|id| current.iter().position(|bound| *bound == id));
    match (first, second) {
        (Some(first), Some(second)) if first > second => order.swap(first, second),
        (Some(_), Some(_)) => {}
        (Some(first), None) => order.insert(first + 1, ours[1]),
        (None, Some(second)) => order.insert(second, ours[0]),
        (None, None) => order.extend(ours),
    }
    order
}

impl BindingsPlan {
    /// Binds both. The list is read again first: it is replaced as a whole, and others may have changed it.
    pub(super) async fn apply(&self, api: &Management, ours: [&str; 2]) -> Result<(), SetupError> {
        if self.line.change == Change::None {
            return Ok(());
        }
        let bound = read(api).await.doing("reading which Actions run after a login")?;
        let current: Vec<&str> = bound.iter().map(|bound| bound.action.id.as_str()).collect();
        let item = |id: &&str| -> Value {
            match bound.iter().find(|bound| bound.action.id == *id) {
                Some(bound) => json!({
                    "ref": { "type": "binding_id", "value": bound.id },
                    "display_name": bound.display_name.as_deref().or(bound.action.name.as_deref()).unwrap_or(id),
                }),
                None => {
                    let of = if *id == ours[0] { PostLogin::Subscription } else { PostLogin::MemberRole };
                    json!({ "ref": { "type": "action_id", "value": id }, "display_name": of.name() })
                }
            }
        };
        let items: Vec<Value> = arranged(&current, ours).iter().map(item).collect();
        let replaced = api.run(&Operation::patch(&PATH, &json!({ "bindings": items }))).await;
        replaced.doing("binding the Actions to the login")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_run_in_order_and_others_stay_where_they_are() {
        let ours = ["first", "second"];
        for (current, wanted) in [
            (vec![], vec!["first", "second"]),
            (vec!["a", "b"], vec!["a", "b", "first", "second"]),
            (vec!["a", "first", "b"], vec!["a", "first", "second", "b"]),
            (vec!["second", "b"], vec!["first", "second", "b"]),
            (vec!["first", "a", "second"], vec!["first", "a", "second"]),
            (vec!["second", "a", "first", "b"], vec!["first", "a", "second", "b"]),
        ] {
            assert_eq!(arranged(&current, ours), wanted, "{current:?}");
            assert_eq!(arranged(&wanted, ours), wanted);
        }
    }
}
