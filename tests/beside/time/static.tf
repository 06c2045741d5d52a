terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_static" "given" {
  rfc3339 = "2020-02-12T06:36:13Z"
}
resource "time_static" "zoned" {
  rfc3339 = "2020-02-12T06:36:13+02:00"
}
resource "time_static" "zero" {
  rfc3339 = "2020-02-12T06:36:13+00:00"
}
# then
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_static" "given" {
  rfc3339 = "2021-02-12T06:36:13Z"
}
resource "time_static" "zoned" {
  rfc3339  = "2020-02-12T06:36:13+02:00"
  triggers = { a = "1" }
}
resource "time_static" "zero" {}
