use std::io::Write;

use super::*;

/// An entry of an archive: its name, and what it is.
enum Made<'a> {
    File(&'a str, &'a str),
    Link(&'a str, &'a str),
    Pipe(&'a str),
}

fn tar(entries: &[Made<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for entry in entries {
        let (name, content, kind, target) = match entry {
            Made::File(name, content) => (name, *content, tar::EntryType::Regular, None),
            Made::Link(name, target) => (name, "", tar::EntryType::Symlink, Some(*target)),
            Made::Pipe(name) => (name, "", tar::EntryType::Fifo, None),
        };
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_entry_type(kind);
        // The builder refuses names that lead out, so they are written by hand.
        let field = &mut header.as_old_mut().name;
        field[..name.len()].copy_from_slice(name.as_bytes());
        if let Some(target) = target {
            header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
        }
        header.set_cksum();
        builder.append(&header, content.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, ::zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn unpacked(bytes: &[u8], kind: Kind) -> Result<tempfile::TempDir, String> {
    let outer = tempfile::tempdir().unwrap();
    let dir = outer.path().join("inner");
    std::fs::create_dir(&dir).unwrap();
    let result = unpack(bytes, kind, &dir);
    let beside: Vec<_> = std::fs::read_dir(outer.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(beside, ["inner"], "nothing is written outside");
    result.map(|()| outer).map_err(|e| e.to_string())
}

#[test]
fn every_kind_gives_its_files() {
    let plain = tar(&[Made::File("sub/main.tf", "x"), Made::Link("alias", "sub")]);
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&plain).unwrap();
        encoder.finish().unwrap()
    };
    let bzip2 = {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
        encoder.write_all(&plain).unwrap();
        encoder.finish().unwrap()
    };
    let zip = zip(&[("sub/main.tf", "x")]);
    for (name, bytes) in [("tar", plain), ("tar.gz", gzip), ("tbz2", bzip2), ("zip", zip)] {
        let kind = kind_by_name(&format!("https://example.com/m.{name}")).unwrap();
        let outer = unpacked(&bytes, kind).unwrap();
        assert_eq!(std::fs::read_to_string(outer.path().join("inner/sub/main.tf")).unwrap(), "x", "{name}");
    }
}

#[test]
fn an_xz_archive_gives_its_files() {
    // `tar` of one file `f` with the content `x`, through `xz -9`.
    let bytes = include_bytes!("one_file.tar.xz");
    let outer = unpacked(bytes, Kind::Tar(Compression::Xz)).unwrap();
    assert_eq!(std::fs::read_to_string(outer.path().join("inner/f")).unwrap(), "x");
}

#[test]
fn nothing_leaves_the_directory() {
    let kind = Kind::Tar(Compression::None);
    for (entries, why) in [
        (vec![Made::File("../x", "x")], "would write outside"),
        (vec![Made::File("a/../../x", "x")], "would write outside"),
        (vec![Made::File("/tmp/x", "x")], "would write outside"),
        (vec![Made::Link("l", "../x")], "leads out of the package"),
        (vec![Made::Link("l", "/etc")], "leads out of the package"),
        (vec![Made::Link("a/l", "../b"), Made::File("a/l/x", "x")], "through a link"),
        (vec![Made::Pipe("p")], "neither file, directory nor link"),
    ] {
        let refused = unpacked(&tar(&entries), kind).expect_err("refused");
        assert!(refused.contains(why), "{refused}");
    }
    let refused = unpacked(&zip(&[("../x", "x")]), Kind::Zip).expect_err("refused");
    assert!(refused.contains("would write outside"), "{refused}");
}

#[test]
fn torn_archives_are_errors() {
    let whole = zip(&[("main.tf", "x")]);
    assert!(unpacked(&whole[..whole.len() / 2], Kind::Zip).expect_err("torn").contains("cannot be read"));
    let whole = tar(&[Made::File("main.tf", &"x".repeat(4096))]);
    assert!(unpacked(&whole[..1024], Kind::Tar(Compression::None)).is_err());
    assert!(unpacked(b"no gzip", Kind::Tar(Compression::Gzip)).is_err());
}

#[test]
fn checksums_are_held_against_the_bytes() {
    let package =
        |checksum: &str| Package::parse(&format!("https://example.com/m.zip?checksum={checksum}")).unwrap();
    let right = sha256(b"x");
    assert!(check_digest(b"x", &package(&right)).is_ok());
    assert!(check_digest(b"x", &package(&format!("sha256:{right}"))).is_ok());
    assert!(check_digest(b"x", &package("md5:9dd4e461268c8034f5c8564e155c67a6")).is_ok());
    assert!(check_digest(b"y", &package(&right)).is_err());
    assert!(check_digest(b"x", &package("sha256:zz")).is_err());
    assert!(check_digest(b"x", &package("crc:12")).is_err());
}
