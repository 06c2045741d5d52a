resource "terraform_data" "rewritten" {}

resource "terraform_data" "base" {
  triggers_replace = terraform_data.rewritten.id
}

resource "terraform_data" "first" {
  input            = terraform_data.base.id
  triggers_replace = terraform_data.base.id
  lifecycle {
    create_before_destroy = true
  }
}

resource "terraform_data" "ignoring" {
  input            = { a = terraform_data.rewritten.id, b = "b" }
  triggers_replace = timestamp()
  lifecycle {
    ignore_changes = [input["a"], triggers_replace]
  }
}

resource "terraform_data" "triggered" {
  input = "constant"
  lifecycle {
    replace_triggered_by = [terraform_data.rewritten]
  }
}
