//! What configuration needs of the outside: directories, files, modules.

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileEntry {
    /// Its name, without the directory.
    pub name: String,
    /// Whether it is a directory.
    pub is_dir: bool,
}

/// The files of configurations; `cli` implements it on the disk and over embedded flavors, tests in memory.
pub trait Files {
    /// The entries of a directory, in any order. The error is the operating system's word.
    fn list(&self, dir: &str) -> Result<Vec<FileEntry>, String>;

    /// The content of a file.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
}

/// Finds the directory of a module.
pub trait ModuleSources {
    /// The directory of the module that `source` names in a call within `dir`. The error is a full sentence.
    fn locate(&self, dir: &str, source: &str, version: Option<&str>) -> Result<String, String>;
}
