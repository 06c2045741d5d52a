# The manifest: what the flavor is to the rest of a stack. `output` is what the module beside it gives.
flavor "artifact_store" "shared_drive" {
  description = "A folder on the team's shared drive, with a section for each kind of result"
  location    = "local"

  # Other components may ask for a place to put files.
  provides "storage" {
    value = { uri = output.path }
  }

  # How ZenML knows it: the flavor's name there, and its configuration.
  zenml {
    flavor = "local"
    config = { path = output.path }
  }
}
