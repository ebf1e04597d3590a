use std::sync::mpsc::{Receiver, Sender, channel};

use super::table::Change;
use super::*;
use crate::model::Role;

fn role(id: &str) -> Role {
    Role::new(id.to_owned(), &format!("name of {id}"))
}

fn ids(store: &Store) -> Vec<String> {
    store.read(|state| state.roles.iter().map(|role| role.id.clone()).collect()).unwrap()
}

fn put(store: &Store, id: &str) -> Result<(), StoreError> {
    store.write_blocking(|state| {
        state.roles.put(role(id));
        Ok(())
    })
}

#[test]
fn a_transaction_that_fails_or_panics_changes_nothing() {
    let store = Store::in_memory();
    put(&store, "kept").unwrap();
    let failed = store.write_blocking(|state| {
        state.roles.put(role("new"));
        state.roles.remove("kept");
        Err::<(), _>(StoreError::disk("no"))
    });
    assert!(failed.is_err());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _: Result<(), StoreError> = store.write_blocking(|state| {
            state.roles.put(role("new"));
            panic!("in the middle");
        });
    }));
    assert!(panicked.is_err());
    assert_eq!(ids(&store), ["kept"]);
    put(&store, "later").unwrap();
    assert_eq!(ids(&store), ["kept", "later"], "the store goes on");
}

/// Writes nothing until it is told to, and then as it is told.
struct Controlled {
    orders: Receiver<Result<(), StoreError>>,
    groups: Sender<usize>,
}

impl Medium for Controlled {
    fn apply(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        self.groups.send(changes.len()).unwrap();
        self.orders.recv().unwrap()
    }
}

fn controlled() -> (Store, Sender<Result<(), StoreError>>, Receiver<usize>) {
    let (order, orders) = channel();
    let (groups, written) = channel();
    (Store::on(Controlled { orders, groups }, State::default()).unwrap(), order, written)
}

#[tokio::test]
async fn a_write_is_acknowledged_when_it_is_on_disk_and_those_that_wait_go_together() {
    let (store, order, written) = controlled();
    let store = Arc::new(store);
    let write = |id: &'static str| {
        let store = store.clone();
        tokio::spawn(async move {
            store
                .write(|state| {
                    state.roles.put(role(id));
                    Ok::<_, StoreError>(())
                })
                .await
        })
    };
    let first = write("a");
    tokio::task::yield_now().await;
    assert_eq!(written.recv().unwrap(), 1);
    let rest = [write("b"), write("c"), write("d")];
    tokio::task::yield_now().await;
    assert!(!first.is_finished(), "the disk has not answered");
    order.send(Ok(())).unwrap();
    first.await.unwrap().unwrap();
    order.send(Ok(())).unwrap();
    for write in rest {
        write.await.unwrap().unwrap();
    }
    assert_eq!(written.try_iter().collect::<Vec<_>>(), [3], "one transaction for all that waited");
}

#[tokio::test]
async fn after_the_disk_has_failed_nothing_is_answered() {
    let (store, order, _written) = controlled();
    order.send(Err(StoreError::disk("no space left"))).unwrap();
    let failed = store
        .write(|state| {
            state.roles.put(role("a"));
            Ok::<_, StoreError>(())
        })
        .await;
    assert!(failed.unwrap_err().to_string().contains("no space left"));
    assert!(store.read(|_| ()).is_err(), "memory is ahead of the disk: it is not shown");
    assert!(put(&store, "b").is_err());
}

#[test]
fn what_was_written_is_read_at_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    for id in ["a", "b", "c"] {
        put(&store, id).unwrap();
    }
    store
        .write_blocking(|state| {
            state.roles.remove("b");
            state.roles.put(Role { name: "changed".to_owned(), ..role("c") });
            Ok::<_, StoreError>(())
        })
        .unwrap();
    drop(store);
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(ids(&store), ["a", "c"]);
    let name = store.read(|state| state.role_by_name("changed").map(|role| role.id.clone())).unwrap();
    assert_eq!(name.as_deref(), Some("c"), "the index is there as well");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(FILE), "not a database, and long enough to be looked at".repeat(99))
        .unwrap();
    assert!(Store::open(directory.path()).is_err());
}
