terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_rotating" "days" {
  rfc3339       = "2090-01-31T00:00:00Z"
  rotation_days = 30
}
resource "time_rotating" "several" {
  rfc3339         = "2090-01-31T00:00:00Z"
  rotation_months = 1
  rotation_hours  = 5
  rotation_days   = 30
}
resource "time_rotating" "given" {
  rfc3339          = "2020-01-31T00:00:00Z"
  rotation_rfc3339 = "2090-01-31T00:00:00+00:00"
}
# then
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_rotating" "days" {
  rfc3339       = "2090-01-31T00:00:00Z"
  rotation_days = 31
}
resource "time_rotating" "several" {
  rfc3339          = "2090-01-31T00:00:00Z"
  rotation_minutes = 7
}
resource "time_rotating" "given" {
  rfc3339          = "2020-01-31T00:00:00Z"
  rotation_rfc3339 = "2091-01-31T00:00:00Z"
}
# then
terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_rotating" "days" {
  rfc3339       = "2090-02-01T00:00:00Z"
  rotation_days = 31
}
resource "time_rotating" "several" {
  rfc3339        = "2090-01-31T00:00:00Z"
  rotation_years = 7
  triggers       = { a = "b" }
}
resource "time_rotating" "given" {
  rfc3339        = "2020-01-31T00:00:00Z"
  rotation_years = 80
}
