terraform {
  required_version = ">= 1.0"
}
variable "nullable" {
  type     = object({ a = optional(string, "x"), b = list(number) })
  default  = { b = [1] }
  nullable = false
}
resource "terraform_data" "late" { input = "state.json" }
data "terraform_remote_state" "now" {
  backend = "local"
  config  = { path = "${path.module}/other.tfstate" }
}
data "terraform_remote_state" "late" {
  backend    = "local"
  config     = { path = "${path.module}/other.tfstate" }
  defaults   = { more = 1 }
  depends_on = [terraform_data.late]
}
resource "terraform_data" "follows" {
  input            = [data.terraform_remote_state.now.outputs.word, var.nullable.a]
  triggers_replace = data.terraform_remote_state.late.outputs
}
output "word" { value = data.terraform_remote_state.now.outputs.word }
# file other.tfstate
{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {"word": {"value": "hi", "type": "string"}}, "resources": []}
