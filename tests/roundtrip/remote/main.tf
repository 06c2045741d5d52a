resource "terraform_data" "rewritten" {}

data "terraform_remote_state" "other" {
  backend  = "local"
  config   = { path = "other.tfstate" }
  defaults = { missing = "default", name = "not taken" }
}

data "terraform_remote_state" "each" {
  for_each  = toset(["default"])
  backend   = "local"
  workspace = each.key
  config = {
    path = "other.tfstate"
  }
}

resource "terraform_data" "reader" {
  input = data.terraform_remote_state.other.outputs
}

resource "terraform_data" "after" {
  input      = data.terraform_remote_state.each["default"].outputs.list
  depends_on = [data.terraform_remote_state.other]
}

output "missing" {
  value = data.terraform_remote_state.other.outputs.missing
}
