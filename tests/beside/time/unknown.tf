terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "terraform_data" "base" {
  input = "2020-01-31T00:00:00Z"
}
resource "time_offset" "x" {
  base_rfc3339 = terraform_data.base.output
  offset_days  = 1
}
resource "time_static" "x" {
  rfc3339 = terraform_data.base.output
}
output "x" { value = provider::time::rfc3339_parse(terraform_data.base.output).year }
