//! What settings say, and what is refused.

use super::*;
use secrecy::ExposeSecret;

const GUIDE: [(&str, &str); 8] = [
    ("AUTH0_SECRET", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
    ("AUTH0_BASE_URL", "http://localhost:3000"),
    ("AUTH0_ISSUER_BASE_URL", "https://acme.eu.auth0.com"),
    ("AUTH0_CLIENT_ID", "id"),
    ("AUTH0_CLIENT_SECRET", "secret"),
    ("AUTH0_M2M_CLIENT_ID", "m2m-id"),
    ("AUTH0_M2M_CLIENT_SECRET", "m2m-secret"),
    ("AUTH0_M2M_SCOPES", "read:users"),
];

fn read(variables: &[(&str, &str)]) -> anyhow::Result<Settings> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::read(&ServeArguments::default(), variables)
}

fn refusal(variables: &[(&str, &str)]) -> String {
    format!("{:#}", read(variables).unwrap_err())
}

#[test]
fn nothing_has_to_be_configured() {
    let settings = read(&[("PATH", "/bin")]).unwrap();
    assert_eq!(settings.listen, "127.0.0.1:3000");
    assert_eq!(settings.data, DataPlace::Folder(".tenantry".into()));
    assert!(matches!(settings.identity, IdentitySettings::Embedded { listen } if listen == "127.0.0.1:4400"));
    assert_eq!(settings.catalogue.trial_days(), 1);
}

#[test]
fn the_guides_variables_work_as_they_are() {
    let settings = read(&GUIDE).unwrap();
    let IdentitySettings::Auth0(auth0) = settings.identity else { panic!("not Auth0") };
    assert_eq!(auth0.issuer.as_str(), "https://acme.eu.auth0.com/");
    assert_eq!(auth0.m2m_client_secret.expose_secret(), "m2m-secret");
    assert_eq!(settings.base_url.unwrap().as_str(), "http://localhost:3000/");
    assert_eq!(settings.secrets.len(), 1);
}

#[test]
fn what_is_missing_is_named() {
    for (name, _) in GUIDE.into_iter().filter(|(name, _)| *name != "AUTH0_M2M_SCOPES") {
        let rest: Vec<_> = GUIDE.into_iter().filter(|(other, _)| *other != name).collect();
        assert!(refusal(&rest).contains(&format!("{name}=")), "{}", refusal(&rest));
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (name, value, message) in [
        ("TENANTRY_LISTN", "127.0.0.1:80", "TENANTRY_LISTN means nothing"),
        ("AUTH0_SECRET", "short", "at least 32"),
        ("AUTH0_BASE_URL", "http://app.example.com", "plain http works on localhost only"),
        ("AUTH0_BASE_URL", "https://app.example.com/path", "is not one such as"),
        ("AUTH0_BASE_URL", "app.example.com", "is not one such as"),
        ("TENANTRY_TRIAL_DAYS", "0", "days from 1 to 3650"),
        ("TENANTRY_TRIAL_DAYS", "soon", "trial_days"),
    ] {
        let refusal = refusal(&[(name, value)]);
        assert!(refusal.contains(message), "{refusal}");
    }
}

#[test]
fn a_database_that_instances_share_is_named_by_its_address() {
    let url = "postgres://tenantry:hunter2@db.example/tenantry?sslmode=verify-full";
    let settings = read(&[("TENANTRY_DATABASE_URL", url)]).unwrap();
    assert_eq!(settings.database_url.as_ref().unwrap().expose_secret(), url);
    assert!(!format!("{settings:?}").contains("hunter2"));
    assert!(read(&[("TENANTRY_DATABASE_URL", " ")]).unwrap().database_url.is_none());
    for wrong in [
        "mysql://ann:hunter2@db.example/x",
        "ann:hunter2@db.example",
        "postgres://ann:hunter2@[::/x",
        "postgres://ann@db.example/x?sslmode=require&sslpassword=hunter2",
        "postgres://ann:12?hunter2@db.example/x",
        "postgres://ann:12#hunter2@db.example/x",
    ] {
        let refusal = refusal(&[("TENANTRY_DATABASE_URL", wrong)]);
        assert!(refusal.contains("is not an address such as postgres://"), "{refusal}");
        assert!(!refusal.contains("hunter2"), "{refusal}");
    }
    for (url, is_taken) in [
        ("postgres://ann:hunter2@db.example/x", false),
        ("postgres://ann:hunter2@db.example/x?sslmode=disable", true),
        ("postgres://ann:hunter2@localhost/x", true),
        ("postgresql:///x?host=/run/postgresql&user=ann", true),
        ("postgresql:///x?host=db.example&user=ann", false),
    ] {
        let read = read(&[("TENANTRY_DATABASE_URL", url)]);
        assert_eq!(read.is_ok(), is_taken, "{url}");
        if let Err(error) = read {
            let refusal = format!("{error:#}");
            assert!(refusal.contains("sslmode=verify-full") && !refusal.contains("hunter2"), "{refusal}");
        }
    }
    let arguments = ServeArguments { ephemeral: true, ..ServeArguments::default() };
    let variables = [("TENANTRY_DATABASE_URL".to_owned(), url.to_owned())];
    let refusal = format!("{:#}", Settings::read(&arguments, variables).unwrap_err());
    assert!(refusal.contains("--ephemeral keeps nothing") && !refusal.contains("hunter2"), "{refusal}");
}

#[test]
fn single_sign_on_is_opened_for_development_alone() {
    let dns = ("TENANTRY_DEV_SSO_DNS", "127.0.0.1:5353");
    assert_eq!(read(&[dns]).unwrap().dev_sso_dns, Some("127.0.0.1:5353".parse().unwrap()));
    assert_eq!(read(&[]).unwrap().dev_sso_dns, None);
    for (dns, base_url, message) in [
        ("127.0.0.1:5353", "https://app.example.com", "together with an https address"),
        ("127.0.0.1:5353", "https://localhost", "together with an https address"),
        ("192.0.2.1:53", "http://localhost:3000", "of this machine alone"),
        ("[2001:db8::1]:53", "http://localhost:3000", "of this machine alone"),
        ("127.0.0.1", "http://localhost:3000", "is not an address and a port"),
        ("dns.example:53", "http://localhost:3000", "is not an address and a port"),
    ] {
        let refusal = refusal(&[("TENANTRY_DEV_SSO_DNS", dns), ("AUTH0_BASE_URL", base_url)]);
        assert!(refusal.contains(message), "{dns} {base_url}: {refusal}");
    }
}

#[test]
fn files_come_before_the_environment_and_flags_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let (config, env) = (folder.path().join("tenantry.toml"), folder.path().join(".env.local"));
    std::fs::write(&config, "listen = '127.0.0.1:1'\ntrial_days = 7\n[brand]\nname = 'Acme Academy'\n")
        .unwrap();
    std::fs::write(&env, "TENANTRY_LISTEN='127.0.0.1:2'\nTENANTRY_FAKE_LISTEN=127.0.0.1:2\nOTHER=1\n")
        .unwrap();
    let arguments = ServeArguments {
        config: Some(config.clone()),
        env_file: Some(env),
        listen: Some("127.0.0.1:4".to_owned()),
        ..ServeArguments::default()
    };
    let environment = [("TENANTRY_FAKE_LISTEN".to_owned(), "127.0.0.1:3".to_owned())];
    let settings = Settings::read(&arguments, environment).unwrap();
    assert_eq!(settings.listen, "127.0.0.1:4");
    assert!(matches!(settings.identity, IdentitySettings::Embedded { listen } if listen == "127.0.0.1:3"));
    assert_eq!(settings.catalogue.trial_days(), 7);
    assert_eq!(settings.brand_name.as_deref(), Some("Acme Academy"));

    std::fs::write(&config, "listn = '127.0.0.1:1'\n").unwrap();
    let refusal = format!("{:#}", Settings::read(&arguments, []).unwrap_err());
    assert!(refusal.contains("listn"), "{refusal}");
}

#[test]
fn errors_quote_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenantry.toml");
    for broken in ["[auth0]\nclient_secret = hunter2\n", "[auth0]\nclient_secret = 'hunter2\n"] {
        std::fs::write(&file, broken).unwrap();
        let arguments = ServeArguments { config: Some(file.clone()), ..ServeArguments::default() };
        let refusal = format!("{:#}", Settings::read(&arguments, []).unwrap_err());
        assert!(refusal.contains("line 2") && !refusal.contains("hunter2"), "{refusal}");
    }
    let refusal = refusal(&[("AUTH0_BASE_URL", "https://ann:hunter2@app.example.com")]);
    assert!(!refusal.contains("hunter2"), "{refusal}");
    let mut guide = GUIDE;
    guide[2].1 = "https://ann:hunter2@acme.eu.auth0.com";
    let refusal = format!("{:#}", read(&guide).unwrap_err());
    assert!(!refusal.contains("hunter2"), "{refusal}");
}

#[test]
fn a_broken_env_file_is_not_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env.local");
    std::fs::write(&file, "AUTH0_CLIENT_SECRET='hunter2\n").unwrap();
    let arguments = ServeArguments { env_file: Some(file), ..ServeArguments::default() };
    let refusal = format!("{:#}", Settings::read(&arguments, []).unwrap_err());
    assert!(refusal.contains("not NAME=value") && !refusal.contains("hunter2"), "{refusal}");
}
