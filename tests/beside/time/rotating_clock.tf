# clock
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_rotating" "now" {
  rotation_days = 7
}
# then
# clock
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_rotating" "now" {
  rotation_days = 8
}
# then
# clock
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_rotating" "now" {
  rotation_months = 2
}
resource "time_rotating" "over" {
  rfc3339       = "2020-01-01T00:00:00Z"
  rotation_days = 1
}
# then
# clock
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_rotating" "now" {
  rotation_months = 2
  triggers        = { a = "1" }
}
