//! The file with the product's variables: ours are set, every other line stays as it is.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use tenantry_auth0::setup::Change;
use tenantry_ports::Random;

use super::private_file::{self, PrivateFile};

/// An env file as it is being changed.
pub(super) struct EnvFile {
    path: PathBuf,
    /// As it was; `None` when it was not there.
    before: Option<String>,
    /// With their ends: one file may have both kinds.
    lines: Vec<String>,
}

impl EnvFile {
    /// Reads the file, which need not be there.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let before = match fs::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(|| format!("{} can't be read", path.display())),
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder {
            anyhow::ensure!(folder.is_dir(), "there is no folder {}", folder.display());
        }
        let lines = before.iter().flat_map(|text| text.split_inclusive('\n')).map(str::to_owned).collect();
        Ok(Self { path: path.to_owned(), before, lines })
    }

    /// The variable's value, if it has one: the last of several counts.
    pub(super) fn value(&self, name: &str) -> anyhow::Result<Option<String>> {
        let Some(line) = self.lines.iter().rfind(|line| is_of(line, name)) else { return Ok(None) };
        // The parser's own error would quote the line, and it may hold a secret.
        let read = dotenvy::from_read_iter(line.as_bytes()).next().and_then(Result::ok);
        let (_, value) =
            read.with_context(|| format!("{}: the value of {name} can't be read", self.path.display()))?;
        Ok(Some(value).filter(|value| !value.is_empty()))
    }

    /// Sets the variable where it stands, else at the end.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let wanted = format!("{name}={}", quoted(value));
        let of_file =
            self.lines.iter().map(|line| end_of(line)).find(|end| !end.is_empty()).unwrap_or("\n").to_owned();
        match self.lines.iter().position(|line| is_of(line, name)) {
            Some(at) => {
                let mut index = 0;
                // The last of several would count.
                self.lines.retain(|line| {
                    index += 1;
                    index - 1 == at || !is_of(line, name)
                });
                if let Some(line) = self.lines.get_mut(at) {
                    *line = wanted + end_of(line);
                }
            }
            None => {
                if let Some(last) = self.lines.last_mut().filter(|last| end_of(last).is_empty()) {
                    last.push_str(&of_file);
                }
                self.lines.push(wanted + &of_file);
            }
        }
    }

    /// Writes the file, if anything has changed. Nobody but its owner can read it from then on.
    pub(super) fn write(self, random: &dyn Random) -> anyhow::Result<Change> {
        let context = || format!("{} can't be written", self.path.display());
        let text = self.lines.concat();
        if self.before.as_ref() == Some(&text) {
            private_file::close(&self.path).with_context(context)?;
            return Ok(Change::None);
        }
        let (target, mut file) = PrivateFile::create(&self.path, random).with_context(context)?;
        file.write_all(text.as_bytes()).and_then(|()| target.keep(&file)).with_context(context)?;
        Ok(if self.before.is_some() { Change::Update } else { Change::Create })
    }
}

/// How the line ends, as its editor wrote it; the last one may just end.
fn end_of(line: &str) -> &'static str {
    if line.ends_with("\r\n") {
        "\r\n"
    } else if line.ends_with('\n') {
        "\n"
    } else {
        ""
    }
}

/// Whether the line sets this variable.
fn is_of(line: &str, name: &str) -> bool {
    let line = line.trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
    line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='))
}

/// The value as shells and Node.js read it, too.
fn quoted(value: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.:/,".contains(letter);
    if value.chars().all(is_plain) {
        value.to_owned()
    } else if value.contains('\'') {
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$");
        format!("\"{escaped}\"")
    } else {
        format!("'{value}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenantry_system::SystemRandom;

    fn values(path: &Path) -> Vec<(String, String)> {
        dotenvy::from_path_iter(path).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn other_lines_stay_and_ours_are_set_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        let before = "# mine\nOTHER='a b'\nexport AUTH0_CLIENT_ID=old\n\nAUTH0_CLIENT_IDS=kept\nAUTH0_CLIENT_ID=older\n";
        fs::write(&path, before).unwrap();
        let mut file = EnvFile::read(&path).unwrap();
        file.set("AUTH0_CLIENT_ID", "new");
        file.set("AUTH0_M2M_SCOPES", "read:users read:roles");
        assert_eq!(file.write(&SystemRandom).unwrap(), Change::Update);
        let text = fs::read_to_string(&path).unwrap();
        let wanted = "# mine\nOTHER='a b'\nAUTH0_CLIENT_ID=new\n\nAUTH0_CLIENT_IDS=kept\n\
                      AUTH0_M2M_SCOPES='read:users read:roles'\n";
        assert_eq!(text, wanted);
        let mut again = EnvFile::read(&path).unwrap();
        again.set("AUTH0_CLIENT_ID", "new");
        assert_eq!(again.write(&SystemRandom).unwrap(), Change::None);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn values_are_read_back_whatever_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        let strange = ["plain-1_2", "two words", "it's", "a'b\"c\\d$e", "#no comment", ""];
        let mut file = EnvFile::read(&path).unwrap();
        for (index, value) in strange.iter().enumerate() {
            file.set(&format!("V{index}"), value);
        }
        assert_eq!(file.write(&SystemRandom).unwrap(), Change::Create);
        let read: Vec<String> = values(&path).into_iter().map(|(_, value)| value).collect();
        assert_eq!(read, strange);
    }

    #[test]
    fn a_variable_without_a_value_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs::write(&path, "A=\nB=''\nC=x\n#D=x\n").unwrap();
        let file = EnvFile::read(&path).unwrap();
        let values = ["A", "B", "C", "D"].map(|name| file.value(name).unwrap());
        assert_eq!(values, [None, None, Some("x".to_owned()), None]);
    }

    #[test]
    fn lines_end_as_they_did() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        for (before, after) in [
            ("# mine\r\nA=old\r\nOTHER=1\r\n", "# mine\r\nA=new\r\nOTHER=1\r\nB=b\r\n"),
            ("# mine\r\nA=old\nOTHER=1", "# mine\r\nA=new\nOTHER=1\r\nB=b\r\n"),
            ("A=old", "A=new\nB=b\n"),
            ("", "A=new\nB=b\n"),
            ("A=new\nB=b", "A=new\nB=b"),
        ] {
            fs::write(&path, before).unwrap();
            let mut file = EnvFile::read(&path).unwrap();
            file.set("A", "new");
            file.set("B", "b");
            let change = file.write(&SystemRandom).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), after);
            assert_eq!(change == Change::None, before == after);
            assert!(values(&path).contains(&("B".to_owned(), "b".to_owned())));
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        for before in [None, Some("AUTH0_CLIENT_ID=a\n"), Some("AUTH0_CLIENT_ID=b\n")] {
            if let Some(text) = before {
                fs::write(&path, text).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            }
            let mut file = EnvFile::read(&path).unwrap();
            file.set("AUTH0_CLIENT_ID", "a");
            file.write(&SystemRandom).unwrap();
            assert_eq!(mode(), 0o600);
        }
    }
}
