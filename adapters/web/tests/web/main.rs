//! The pages from outside: requests go in as a browser sends them, and nothing but the answer is looked at.

#[cfg(test)]
mod browser;
#[cfg(test)]
mod containment;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod interrupted;
#[cfg(test)]
mod journey;
#[cfg(test)]
mod log;
#[cfg(test)]
mod login;
#[cfg(test)]
mod logout_notices;
#[cfg(test)]
mod preview;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod states;
#[cfg(test)]
mod world;
