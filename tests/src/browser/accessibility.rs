//! Checks of a page as it stands: axe-core's rules, and nothing wider than the screen.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use super::Browser;

// `best-practice` is left in: it is what finds a page without landmarks or with two main headings.
const RUN: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] }).then(
        found => done(found.violations.map(({ id, impact, help, nodes }) => ({
            id, impact, help, nodes: nodes.map(node => [node.target.join(' '), node.html, node.failureSummary]),
        }))),
        error => done([{ id: 'axe', impact: 'fatal', help: String(error), nodes: [] }]));";

impl Browser {
    /// Every rule of axe-core that the page breaks, each with the elements that do, in a form to be read.
    pub async fn accessibility_violations(&self) -> Vec<String> {
        self.driver.execute(source(), vec![]).await.expect("axe-core can be loaded into the page");
        let found = self.driver.execute_async(RUN, vec![]).await.expect("axe-core can run");
        found
            .json()
            .as_array()
            .map(|violations| violations.iter().map(describe).collect())
            .unwrap_or_default()
    }

    /// By how many pixels the page is wider than the window.
    pub async fn overflow(&self) -> i64 {
        let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        self.evaluate(script).await.as_i64().unwrap_or(i64::MAX)
    }
}

fn source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/axe-core/axe.min.js");
        fs::read_to_string(&file)
            .unwrap_or_else(|_| panic!("there is no {}: `cargo xtask test` installs it", file.display()))
    })
}

fn describe(violation: &Value) -> String {
    let text = |key: &str| violation[key].as_str().unwrap_or_default();
    let mut lines = format!("{} ({}): {}\n", text("id"), text("impact"), text("help"));
    for node in violation["nodes"].as_array().into_iter().flatten() {
        for (indent, part) in [(4, &node[0]), (8, &node[1]), (8, &node[2])] {
            for line in part.as_str().unwrap_or_default().lines().take(6) {
                let _ = writeln!(lines, "{:indent$}{line}", "");
            }
        }
    }
    lines
}
