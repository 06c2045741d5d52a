//! What configuration needs of the outside: directories, files, modules.

use model::{Diagnostic, ModulePath};

use crate::module::ModuleCall;

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

/// A call whose module is looked for.
#[derive(Clone, Copy, Debug)]
pub struct ModuleRequest<'r> {
    /// The module that the call leads to.
    pub path: &'r ModulePath,
    /// The directory of the module that holds the call.
    pub dir: &'r str,
    /// The call.
    pub call: &'r ModuleCall,
}

/// Finds the directories of modules: those that are installed, or all of them while installing.
pub trait ModuleSources {
    /// The directory of the module that a call leads to, or why there is none.
    fn locate(&self, request: &ModuleRequest<'_>) -> Result<String, Diagnostic>;
}
