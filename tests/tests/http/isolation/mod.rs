//! One tenant can't reach anything of another's.
//!
//! [`matrix`] is made from the table of routes: everybody × every route × every id that it takes × every place in which
//! an id could be sent. What must come of a cell is said in [`expected`], which shares no code with the handlers.

mod actors;
mod cases;
mod demoted;
mod expected;
mod matrix;
mod page;
mod requests;
mod world;
