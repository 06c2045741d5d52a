# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_rotating" "x" {
  rfc3339 = "2020-01-01T00:00:00Z"
}
# then
# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_rotating" "x" {
  rotation_days = 0
}
# then
# refused
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_rotating" "x" {
  rotation_rfc3339 = "soon"
}
