# clock
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_static" "now" {
  triggers = { a = "1" }
}
output "now" { value = time_static.now.rfc3339 == time_static.now.id }
# then
# clock
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_static" "now" {
  triggers = { a = "2" }
}
# then
# clock
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_static" "now" {
}
# then
# clock
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_static" "now" {
}
resource "time_static" "later" {
  rfc3339 = time_static.now.rfc3339
}
resource "terraform_data" "x" {
  input = time_static.later.unix
}
