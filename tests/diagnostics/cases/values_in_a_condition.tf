variable "region" {
  default = "us"
  validation {
    condition     = startswith(var.region, "eu")
    error_message = "The region must be in Europe."
  }
}
