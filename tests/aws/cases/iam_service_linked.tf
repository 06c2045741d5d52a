# Roles that services make for themselves.
# steps: 2
resource "aws_iam_service_linked_role" "scaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "ml"
  description      = "step ${local.step}"
}

resource "aws_iam_service_linked_role" "each" {
  for_each         = toset(["eks.amazonaws.com", "elasticloadbalancing.amazonaws.com"])
  aws_service_name = each.key
}
