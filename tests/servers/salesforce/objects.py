"""The standard fields of the objects a coach reads, with their types, as org exports and warehouses show them."""

_COMMON = (
    "Id:id IsDeleted:boolean CreatedDate:datetime CreatedById:id LastModifiedDate:datetime SystemModstamp:datetime"
)

_FIELDS = {
    "User": """Id:id Username:string Name:string FirstName:string LastName:string Email:string Title:string
        Department:string Division:string IsActive:boolean UserType:string UserRoleId:id ManagerId:id
        TimeZoneSidKey:string CreatedDate:datetime LastModifiedDate:datetime SystemModstamp:datetime""",
    "UserRole": "Id:id Name:string ParentRoleId:id LastModifiedDate:datetime SystemModstamp:datetime",
    "OpportunityStage": """Id:id ApiName:string MasterLabel:string IsActive:boolean SortOrder:number
        IsClosed:boolean IsWon:boolean ForecastCategoryName:string SystemModstamp:datetime""",
    "Account": f"{_COMMON} Name:string Type:string ParentId:id Website:string Industry:string OwnerId:id",
    "Contact": f"""{_COMMON} AccountId:id Name:string FirstName:string LastName:string Title:string Email:string
        OwnerId:id ReportsToId:id""",
    "Opportunity": f"""{_COMMON} AccountId:id Name:string StageName:string Amount:number Probability:number
        CloseDate:date Type:string NextStep:string IsClosed:boolean IsWon:boolean ForecastCategory:string
        ForecastCategoryName:string OwnerId:id LastStageChangeDate:datetime LeadSource:string""",
    "OpportunityHistory": """Id:id IsDeleted:boolean OpportunityId:id CreatedById:id CreatedDate:datetime
        StageName:string Amount:number ExpectedRevenue:number CloseDate:date Probability:number
        ForecastCategory:string SystemModstamp:datetime""",
    "OpportunityFieldHistory": """Id:id IsDeleted:boolean OpportunityId:id CreatedById:id CreatedDate:datetime
        Field:string OldValue:any NewValue:any""",
    "OpportunityContactRole": f"{_COMMON} OpportunityId:id ContactId:id Role:string IsPrimary:boolean",
    "OpportunityTeamMember": f"{_COMMON} OpportunityId:id UserId:id TeamMemberRole:string",
    "Task": f"""{_COMMON} WhatId:id WhoId:id AccountId:id OwnerId:id Subject:string Description:textarea
        ActivityDate:date CompletedDateTime:datetime CallDurationInSeconds:number IsClosed:boolean Status:string
        TaskSubtype:string Type:string IsRecurrence:boolean""",
    "Event": f"""{_COMMON} WhatId:id WhoId:id AccountId:id OwnerId:id Subject:string Description:textarea
        StartDateTime:datetime EndDateTime:datetime IsAllDayEvent:boolean ActivityDate:date IsRecurrence:boolean
        IsRecurrence2:boolean""",
    "EmailMessage": f"""{_COMMON} ActivityId:id RelatedToId:id Incoming:boolean FromAddress:string ToAddress:string
        CcAddress:string Subject:string MessageDate:datetime""",
    "Note": f"{_COMMON} ParentId:id Title:string Body:textarea OwnerId:id",
}

FIELDS: dict[str, dict[str, str]] = {
    sobject: dict(field.split(":") for field in fields.split()) for sobject, fields in _FIELDS.items()
}
PREFIXES = {
    "User": "005", "UserRole": "00E", "OpportunityStage": "01J", "Account": "001", "Contact": "003",
    "Opportunity": "006", "OpportunityHistory": "008", "OpportunityFieldHistory": "017",
    "OpportunityContactRole": "00K", "OpportunityTeamMember": "00q", "Task": "00T", "Event": "00U",
    "EmailMessage": "02s", "Note": "002",
}  # fmt: skip
PARENTS = {"User": {"UserRole": ("UserRoleId", "UserRole")}}
CHILDREN = {
    "Opportunity": (
        ("OpportunityHistory", "OpportunityId"), ("OpportunityFieldHistory", "OpportunityId"),
        ("OpportunityContactRole", "OpportunityId"), ("OpportunityTeamMember", "OpportunityId"),
        ("Note", "ParentId"),
    ),
}  # fmt: skip
UNSTAMPED = frozenset({"OpportunityHistory", "OpportunityFieldHistory"})
"""Deleted and brought back with their deal, without a new stamp of their own."""
