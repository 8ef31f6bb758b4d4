use super::*;

fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn shown(sources: &Sources, loaded: &Loaded) -> Vec<String> {
    loaded
        .files
        .iter()
        .map(|id| sources.file(*id).shown().to_owned())
        .collect()
}

#[test]
fn a_folder_is_searched_in_order_without_hidden_and_foreign_folders() {
    let folder = tempfile::tempdir().unwrap();
    for path in [
        "users.yaml",
        "account.yml",
        "teams/b.yaml",
        "teams/a.yaml",
        ".git/x.yaml",
        ".seatwright/x.yaml",
        "node_modules/x.yaml",
        "notes.txt",
        ".hidden.yaml",
    ] {
        write(folder.path(), path, b"a: 1\n");
    }
    let mut sources = Sources::new();
    let loaded = sources.load(folder.path());
    assert!(loaded.errors.is_empty());
    assert_eq!(
        shown(&sources, &loaded),
        ["account.yml", "teams/a.yaml", "teams/b.yaml", "users.yaml"]
    );
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_and_second_ways_to_a_file_are_left_out() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "teams/users.yaml", b"a: 1\n");
    symlink(folder.path(), folder.path().join("teams/up")).unwrap();
    symlink(folder.path().join("teams"), folder.path().join("zz")).unwrap();
    symlink(
        folder.path().join("teams/users.yaml"),
        folder.path().join("zz.yaml"),
    )
    .unwrap();
    symlink("nowhere", folder.path().join("gone.yaml")).unwrap();
    let mut sources = Sources::new();
    let loaded = sources.load(folder.path());
    assert_eq!(shown(&sources, &loaded), ["teams/users.yaml"]);
    assert_eq!(
        loaded.errors[0].to_string(),
        "there is no file or folder `gone.yaml`"
    );
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_the_folder_is_not_read() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret.env", b"KEY=topsecret\n");
    write(outside.path(), "more/users.yaml", b"a: 1\n");
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "account.yaml", b"a: 1\n");
    let link = |to: &str, name: &str| {
        symlink(outside.path().join(to), folder.path().join(name)).unwrap();
    };
    link("secret.env", "e.yaml");
    link("more", "more");
    let mut sources = Sources::new();
    let loaded = sources.load(folder.path());
    assert_eq!(shown(&sources, &loaded), ["account.yaml"]);
    let errors: Vec<String> = loaded.errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [
            "`e.yaml` is a link that leads out of the folder; it was not read",
            "`more` is a link that leads out of the folder; it was not read",
        ]
    );
}

#[test]
fn one_file_is_shown_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "deep/users.yaml", b"a: 1\n");
    let mut sources = Sources::new();
    let loaded = sources.load(&folder.path().join("deep/users.yaml"));
    assert_eq!(shown(&sources, &loaded), ["users.yaml"]);
}

#[test]
fn what_cannot_be_read_says_why() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "bad/latin1.yaml", b"a: 1\nname: J\xf6rg\n");
    write(folder.path(), "wide/utf16.yaml", b"\xff\xfea\0:\0");
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    std::fs::File::create(folder.path().join("huge.yaml"))
        .unwrap()
        .set_len(MAX_FILE_BYTES + 1)
        .unwrap();
    let mut sources = Sources::new();
    let mut error = |path: &str| {
        let loaded = sources.load(&folder.path().join(path));
        let error = loaded.errors.into_iter().next().unwrap();
        let place = error
            .span
            .map(|span| sources.position(span.file, span.start).to_string());
        let text = error.to_string();
        let root = shown_path(folder.path());
        (text.replace(&format!("{root}/"), ""), place)
    };
    assert_eq!(
        error("bad"),
        (
            "`latin1.yaml` is not UTF-8: byte 12 fits no character".to_owned(),
            Some("2:8".to_owned())
        )
    );
    assert_eq!(
        error("wide").0,
        "`utf16.yaml` is not UTF-8: byte 0 fits no character"
    );
    assert_eq!(
        error("empty").0,
        "the folder `empty` holds no `.yaml` or `.yml` file"
    );
    assert_eq!(error("huge.yaml").0, "`huge.yaml` is larger than 64 MiB");
    assert_eq!(error("gone").0, "there is no file or folder `gone`");
}

#[test]
fn a_byte_order_mark_is_no_text() {
    let mut sources = Sources::new();
    let id = sources.add("stdin", "\u{feff}a: 1").unwrap();
    assert_eq!(&**sources.file(id).text(), "a: 1");
    assert!(sources.file(id).has_byte_order_mark());
    assert_eq!(sources.position(id, 0).to_string(), "1:1");
}

#[test]
fn columns_count_characters_and_lines_may_end_in_crlf() {
    let mut sources = Sources::new();
    let text = "meno: Ľuboš\r\nb: 2\r\n";
    let id = sources.add("stdin", text).unwrap();
    let file = sources.file(id);
    let end = u32::try_from(text.find('\r').unwrap()).unwrap();
    assert_eq!(file.position(end).to_string(), "1:12");
    assert_eq!(&text[file.line_range(0)], "meno: Ľuboš");
    assert_eq!(file.position(end + 2).to_string(), "2:1");
    assert_eq!(file.position(10_000).to_string(), "3:1");
    assert_eq!(file.position(7).to_string(), "1:7", "within a character");
}
