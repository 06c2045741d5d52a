variable "said" {}

module "inner" {
  source = "../m"
  said   = var.said
}
