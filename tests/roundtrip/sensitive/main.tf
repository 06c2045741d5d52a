resource "terraform_data" "rewritten" {}

variable "secret" {
  type      = string
  sensitive = true
  default   = "s3cret"
}

variable "tree" {
  type      = object({ open = string, list = list(string) })
  sensitive = true
  default   = { open = "o", list = ["a", "b"] }
}

resource "terraform_data" "whole" {
  input            = var.secret
  triggers_replace = var.tree
}

resource "terraform_data" "parts" {
  input = {
    open   = "yes"
    nested = { secret = var.secret, list = ["x", var.secret] }
    map    = tomap({ "a.b" = var.secret, plain = "p" })
    from   = var.tree.list[0]
  }
  triggers_replace = [var.secret, "open"]
}

module "within" {
  source = "./within"
  secret = var.secret
}

output "secret" {
  value     = terraform_data.parts.input
  sensitive = true
}

output "open" {
  value = nonsensitive(var.tree.open)
}
