# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_static" "x" {
  rfc3339 = "12 February"
}
# then
# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_static" "x" {
  year = 2020
}
