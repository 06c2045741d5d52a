# emulator: ministack
# Who may use a cluster, and what its accounts may do.
# steps: 2
resource "aws_vpc" "net" {
  cidr_block = "10.81.0.0/16"
}

resource "aws_subnet" "each" {
  for_each          = { a = 0, b = 1 }
  vpc_id            = aws_vpc.net.id
  cidr_block        = cidrsubnet(aws_vpc.net.cidr_block, 8, each.value)
  availability_zone = "eu-central-1${each.key}"
}

resource "aws_iam_role" "each" {
  for_each = toset(["cluster", "developer", "pods"])
  name     = "stackwright-access-${each.key}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "eks.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_eks_cluster" "ml" {
  name     = "stackwright-access"
  role_arn = aws_iam_role.each["cluster"].arn
  vpc_config {
    subnet_ids = values(aws_subnet.each)[*].id
  }
  access_config {
    authentication_mode                         = "API_AND_CONFIG_MAP"
    bootstrap_cluster_creator_admin_permissions = false
  }
}

resource "aws_eks_access_entry" "developer" {
  cluster_name      = aws_eks_cluster.ml.name
  principal_arn     = aws_iam_role.each["developer"].arn
  kubernetes_groups = local.step == 1 ? ["viewers"] : ["editors", "viewers"]
  type              = "STANDARD"
}

resource "aws_eks_access_policy_association" "each" {
  for_each      = local.step == 1 ? toset(["AmazonEKSViewPolicy"]) : toset(["AmazonEKSViewPolicy", "AmazonEKSEditPolicy"])
  cluster_name  = aws_eks_cluster.ml.name
  principal_arn = aws_eks_access_entry.developer.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/${each.key}"
  access_scope {
    type       = "namespace"
    namespaces = ["training", "serving"]
  }
}

resource "aws_eks_pod_identity_association" "each" {
  for_each        = toset(["trainer", "server"])
  cluster_name    = aws_eks_cluster.ml.name
  namespace       = "ml"
  service_account = each.key
  role_arn        = aws_iam_role.each["pods"].arn
}
